package dev.wolverine.bench.measure;

import java.util.ArrayList;
import java.util.List;

/** What is aimed at, and what was missed. */
public final class Aims {
    private final List<String> misses = new ArrayList<>();

    public void atMost(String figure, double value, double aim) {
        if (!(value <= aim)) {
            misses.add("%s: %.2f (aim: at most %.2f)".formatted(figure, value, aim));
        }
    }

    public void atLeast(String figure, double value, double aim) {
        if (!(value >= aim)) {
            misses.add("%s: %.2f (aim: at least %.2f)".formatted(figure, value, aim));
        }
    }

    /** One line each. */
    public List<String> misses() {
        return List.copyOf(misses);
    }
}
