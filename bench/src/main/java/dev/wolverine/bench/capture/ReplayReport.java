package dev.wolverine.bench.capture;

import java.util.List;
import java.util.Map;

/**
 * What a platform answered.
 *
 * @param answers how often each answer came, by its words
 * @param failures heartbeats that were not taken, in words
 */
public record ReplayReport(int heartbeats, Map<String, Integer> answers, List<String> failures) {

    public ReplayReport {
        answers = Map.copyOf(answers);
        failures = List.copyOf(failures);
    }
}
