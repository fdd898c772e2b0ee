package dev.wolverine.alerts.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wolverine.alerts.rule.Condition;
import dev.wolverine.alerts.rule.RuleParameters.Threshold.Field;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExpressionTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final ExpressionCompiler compiler = new ExpressionCompiler();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    memoryMb > 150                                        | TRUE
                    memoryMb > 400                                        | FALSE
                    status == 'healthy' && version.startsWith('1.')       | TRUE
                    increase(history.calls, duration('10m')) == 60.0      | TRUE
                    rate(history.calls, duration('5m')) > 0.0             | TRUE
                    max_over(history.memoryMb, duration('1h')) >= 160.0   | TRUE
                    restarts(duration('1h')) == 1                         | TRUE
                    age() < duration('2m')                                | TRUE
                    costDollars > 1                                       | NO_DATA
                    increase(history.tokens, duration('10m')) > 0.0       | NO_DATA
                    increase(history.calls, duration('100h')) > 0.0       | NO_DATA
                    """)
    void saysWhatTheBeatsSay(String text, Condition expected) throws InvalidExpression {
        List<Sample> beats = new ArrayList<>();
        for (int i = 0; i <= 6; i++) {
            beats.add(beat(i - 6, 100 + i * 10, i < 3 ? i * 5 : i * 10, i < 3 ? 1 : 2));
        }
        Sample newest = beats.getLast();

        assertThat(
                        compiler.compile(text)
                                .evaluate(
                                        "shop",
                                        newest,
                                        window ->
                                                beats.stream()
                                                        .filter(beat ->
                                                                !beat.at()
                                                                        .isBefore(
                                                                                newest.at()
                                                                                        .minus(
                                                                                                window)))
                                                        .toList(),
                                        NOON.plusSeconds(30)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    memoryMb > 'much'                    | 1 | 10
                    nothing > 1                          | 1 | 1
                    increase(memoryMb, duration('1h')) > 1.0 | 1 | 9
                    memoryMb >                           | 1 | 11
                    memoryMb + 1.0                       | 1 | 1
                    """)
    void saysWhereItIsWrong(String text, int line, int column) {
        InvalidExpression wrong =
                catchThrowableOfType(InvalidExpression.class, () -> compiler.compile(text));

        assertThat(wrong.line()).isEqualTo(line);
        assertThat(wrong.column()).as(wrong.reason()).isEqualTo(column);
    }

    @Test
    void theLineOfALongOneIsSaid() {
        InvalidExpression wrong =
                catchThrowableOfType(
                        InvalidExpression.class,
                        () -> compiler.compile("memoryMb > 1.0 &&\n  nothing"));

        assertThat(wrong.line()).isEqualTo(2);
        assertThat(wrong.column()).isEqualTo(3);
    }

    private static Sample beat(int minute, double memoryMb, double calls, int pid) {
        Instant at = NOON.plus(Duration.ofMinutes(minute));
        return new Sample(
                at,
                at,
                "healthy",
                pid,
                100,
                "1.2",
                Map.of(Field.MEMORY_MB, memoryMb, Field.CALLS, calls));
    }
}
