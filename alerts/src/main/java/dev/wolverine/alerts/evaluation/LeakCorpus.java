package dev.wolverine.alerts.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Labelled memory series made from seeds: the same seed gives the same series for ever.
 *
 * <p>The detector was tuned on {@link #TUNING_SEEDS}; whatever is published was measured on {@link
 * #HELD_OUT_SEEDS}, whose series no constant was chosen by; how long growth is held was, by even
 * leaks of the first of them.
 */
public final class LeakCorpus {

    public static final List<Long> TUNING_SEEDS = List.of(11L, 12L, 13L, 14L, 31L, 32L);
    public static final List<Long> HELD_OUT_SEEDS = List.of(12001L, 12002L, 12003L, 12004L);

    private LeakCorpus() {}

    /**
     * Every kind of series, several times each.
     *
     * @param healthyPerKind how many series of each healthy kind, at least one
     * @param leakingPerKind how many of each leaking kind, at least one
     */
    public static List<LabelledSeries> of(long seed, int healthyPerKind, int leakingPerKind) {
        List<LabelledSeries> corpus = new ArrayList<>();
        for (MemoryShape shape : MemoryShape.values()) {
            int count = shape.leaks() ? leakingPerKind : healthyPerKind;
            for (int number = 0; number < count; number++) {
                corpus.add(new SeriesGenerator(shape, seed * 1_000 + number).generate());
            }
        }
        return corpus;
    }

    /** Leaks that grow evenly, all as fast: what delays are measured on. */
    public static List<LabelledSeries> evenLeaks(long seed, int count, double mbPerHour) {
        return IntStream.range(0, count)
                .mapToObj(number ->
                        new SeriesGenerator(
                                        MemoryShape.LINEAR_LEAK,
                                        seed * 1_000 + 500 + number,
                                        OptionalDouble.of(mbPerHour))
                                .generate())
                .toList();
    }
}
