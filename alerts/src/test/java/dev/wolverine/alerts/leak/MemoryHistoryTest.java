package dev.wolverine.alerts.leak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wolverine.alerts.evaluation.LabelledSeries;
import dev.wolverine.alerts.evaluation.LeakCorpus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MemoryHistoryTest {

    private static final int DRAINED = 240;

    private final LeakRule rule = LeakRule.standard();

    @Test
    void takesAKilobyteAndIsTheSameWhenReadAgain() {
        for (LabelledSeries series : LeakCorpus.of(21, 1, 1)) {
            MemoryHistory history = historyOf(series.samples());
            byte[] bytes = history.toBytes();

            assertThat(bytes).hasSizeLessThanOrEqualTo(MemoryHistory.MAX_BYTES);
            MemoryHistory again = MemoryHistory.ofBytes(bytes);
            assertThat(again.toBytes()).isEqualTo(bytes);
            assertThat(verdict(again)).isEqualTo(verdict(history));
        }
    }

    @Test
    void endsInTheSameVerdictWhateverTheOrderOfTheBeats() {
        Random random = new Random(5);
        int firing = 0;
        for (LabelledSeries series : LeakCorpus.of(22, 2, 3)) {
            List<MemorySample> shuffled = new ArrayList<>(series.samples());
            for (int from = 0; from < shuffled.size(); from += DRAINED) {
                Collections.shuffle(
                        shuffled.subList(from, Math.min(shuffled.size(), from + DRAINED)), random);
            }
            LeakVerdict verdict = verdict(historyOf(series.samples()));

            assertThat(verdict(historyOf(shuffled))).as(series.name()).isEqualTo(verdict);
            firing += verdict.fires() ? 1 : 0;
        }
        assertThat(firing).isGreaterThan(5);
    }

    @Test
    void forgetsNothingWhenAskedInBetween() {
        for (LabelledSeries series : LeakCorpus.of(23, 1, 2)) {
            MemoryHistory asked = new MemoryHistory();
            int beats = 0;
            for (MemorySample sample : series.samples()) {
                asked.add(sample);
                if (++beats % 7 == 0) {
                    verdict(asked);
                }
            }
            assertThat(verdict(asked))
                    .as(series.name())
                    .isEqualTo(verdict(historyOf(series.samples())));
        }
    }

    @Test
    void refusesForeignBytes() {
        assertThatThrownBy(() -> MemoryHistory.ofBytes(new byte[] {9, 1}))
                .hasMessage("format: 9 (expected: 1)");
        assertThatThrownBy(() -> MemoryHistory.ofBytes(new byte[] {1, 1}))
                .hasMessage("length: 2 (expected: all bytes of a history)");
    }

    private LeakVerdict verdict(MemoryHistory history) {
        return rule.judge(history, OptionalInt.of(512));
    }

    private static MemoryHistory historyOf(List<MemorySample> samples) {
        MemoryHistory history = new MemoryHistory();
        samples.forEach(history::add);
        return history;
    }
}
