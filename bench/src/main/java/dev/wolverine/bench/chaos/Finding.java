package dev.wolverine.bench.chaos;

import java.util.List;

/**
 * What one check says.
 *
 * @param check its name
 * @param broken how many promises it found broken; 0: none
 * @param examples some of them, in words
 */
public record Finding(String check, long broken, List<String> examples) {
    private static final int MOST_EXAMPLES = 10;

    public Finding {
        examples = List.copyOf(examples.subList(0, Math.min(MOST_EXAMPLES, examples.size())));
    }

    static Finding of(String check, List<String> broken) {
        return new Finding(check, broken.size(), broken);
    }
}
