package dev.wolverine.alerts.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wolverine.alerts.leak.MemorySample;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SeriesFileTest {

    private static final String HEADER = "series,minute,memoryMb,pid,uptimeSeconds,version,label\n";

    @Test
    void readsSeriesInTheOrderOfTheirFirstLines() throws Exception {
        List<LabelledSeries> series =
                SeriesFile.read(
                        new StringReader(
                                HEADER
                                        + "b,1,100,7,60,1.0,90\na,2.5,101.4,,,,\nb,2,102,7,120,1.0,90\n"));

        assertThat(series).extracting(LabelledSeries::name).containsExactly("b", "a");
        assertThat(series.get(0).leakSecond()).hasValue(5_400);
        assertThat(series.get(0).samples())
                .containsExactly(
                        new MemorySample(60, 100, 7, 60, "1.0"),
                        new MemorySample(120, 102, 7, 120, "1.0"));
        assertThat(series.get(1).leaks()).isFalse();
        assertThat(series.get(1).samples())
                .containsExactly(
                        new MemorySample(150, 101, MemorySample.ABSENT, MemorySample.ABSENT, ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    a,1,many,7,60,1.0,   | line 2: memoryMb: many (expected: megabytes, 0 or more)
                    a,-1,100,7,60,1.0,   | line 2: minute: -1 (expected: minutes, 0 or more)
                    a,NaN,100,7,60,1.0,  | line 2: minute: NaN (expected: minutes, 0 or more)
                    a,1,100,x,60,1.0,    | line 2: pid: x (expected: a process id, or nothing)
                    a,1,100,7,60,1.0,yes | line 2: label: yes (expected: nothing, or the minute the leak begins)
                    ,1,100,7,60,1.0,     | line 2: series: empty (expected: the name of a series)
                    a,1,100              | line 2: pid: empty (expected: 7 columns, found 3)
                    """)
    void saysWhatIsWrongAndWhere(String line, String message) {
        assertThatThrownBy(() -> SeriesFile.read(new StringReader(HEADER + line)))
                .isInstanceOf(SeriesFile.Malformed.class)
                .hasMessage(message);
    }

    @Test
    void wantsAllColumnsAndOneLabelASeries() {
        assertThatThrownBy(() -> SeriesFile.read(new StringReader("series,minute\n")))
                .hasMessageStartingWith("line 1: header: series,minute (expected: series,minute,");
        assertThatThrownBy(() -> SeriesFile.read(new StringReader(HEADER)))
                .hasMessageContaining("at least one line below the header");
        assertThatThrownBy(() ->
                        SeriesFile.read(new StringReader(HEADER + "a,1,1,,,,60\na,2,1,,,,61\n")))
                .hasMessage("line 3: label: 61 (expected: one label a series, before it was 60.0)");
    }
}
