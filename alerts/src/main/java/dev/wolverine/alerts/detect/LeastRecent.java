package dev.wolverine.alerts.detect;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map that forgets what was asked for longest ago. */
final class LeastRecent<K, V> extends LinkedHashMap<K, V> {

    private static final long serialVersionUID = 1L;

    private final int most;

    LeastRecent(int most) {
        super(16, 0.75f, true);
        this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
    }
}
