package dev.wolverine.alerts.engine;

import dev.wolverine.alerts.expression.Sample;
import dev.wolverine.alerts.expression.Samples;
import dev.wolverine.alerts.rule.ServerFacts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The last beats of servers that expressions look at, for as long as they were asked about; read
 * from the history when first asked for. Bounded: the servers that were asked about longest ago are
 * forgotten, and read again. For one thread.
 */
final class RecentSamples {

    private static final int MAX_SAMPLES = 500_000;

    private final BeatHistory history;
    private final LinkedHashMap<Integer, Ring> rings = new LinkedHashMap<>(16, 0.75f, true);
    private int samples;

    RecentSamples(BeatHistory history) {
        this.history = history;
    }

    void clear() {
        rings.clear();
        samples = 0;
    }

    /** Takes the newest beat of a server, if anybody asks about it. */
    void add(int serverId, Sample sample) {
        Ring ring = rings.get(serverId);
        if (ring != null) {
            samples += ring.add(sample);
        }
    }

    /** Takes a beat of a history that is judged from its beginning: all of the longest window. */
    void addAlways(int serverId, Sample sample) {
        Ring ring = rings.computeIfAbsent(serverId, _ -> new Ring());
        ring.longest = Samples.LONGEST;
        samples += ring.add(sample);
    }

    Samples of(ServerFacts server, Sample newest) {
        return window -> {
            Ring ring = rings.computeIfAbsent(server.serverId(), _ -> new Ring());
            samples += ring.reach(server, newest, window);
            List<Sample> found = ring.over(newest.at().minus(window), newest.at());
            bound(server.serverId());
            return found;
        };
    }

    private void bound(int kept) {
        var eldest = rings.entrySet().iterator();
        while (samples > MAX_SAMPLES && eldest.hasNext()) {
            Map.Entry<Integer, Ring> ring = eldest.next();
            if (ring.getKey() != kept) {
                samples -= ring.getValue().beats.size();
                eldest.remove();
            }
        }
    }

    private final class Ring {
        private final NavigableMap<Instant, Sample> beats = new TreeMap<>();
        private Duration longest = Duration.ZERO;

        int add(Sample sample) {
            int before = beats.size();
            beats.put(sample.at(), sample);
            beats.headMap(beats.lastKey().minus(longest), false).clear();
            return beats.size() - before;
        }

        int reach(ServerFacts server, Sample newest, Duration window) {
            if (window.compareTo(longest) <= 0) {
                return 0;
            }
            longest = window;
            int before = beats.size();
            Instant after = newest.at().minus(window).minusMillis(1);
            history.between(server, after, newest.at())
                    .forEach(sample -> beats.put(sample.at(), sample));
            beats.put(newest.at(), newest);
            return beats.size() - before;
        }

        List<Sample> over(Instant from, Instant to) {
            return new ArrayList<>(beats.subMap(from, true, to, true).values());
        }
    }
}
