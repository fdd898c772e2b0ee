package dev.wolverine.alerts.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RuleParametersTest {

    private static final Map<RuleKind, Map<String, String>> NEEDED =
            Map.of(
                    RuleKind.THRESHOLD, Map.of("field", "memory_mb", "value", "512"),
                    RuleKind.EXPRESSION, Map.of("expression", "true"));

    @Test
    void everyKindHasDefaultsThatReadAgainAsThemselves() {
        for (RuleKind kind : EnumSet.allOf(RuleKind.class)) {
            RuleParameters standard = RuleParameters.of(kind, NEEDED.getOrDefault(kind, Map.of()));
            assertThat(standard.kind()).isEqualTo(kind);
            assertThat(RuleParameters.of(kind, standard.toMap())).isEqualTo(standard);
        }
    }

    @Test
    void everySettingIsReadAndHasBounds() {
        for (RuleKind kind : EnumSet.complementOf(EnumSet.of(RuleKind.EXPRESSION))) {
            Map<String, String> settings =
                    RuleParameters.of(kind, NEEDED.getOrDefault(kind, Map.of())).toMap();
            for (String name : settings.keySet()) {
                Map<String, String> wrong = new java.util.HashMap<>(settings);
                wrong.put(name, "1e99");
                assertThatThrownBy(() -> RuleParameters.of(kind, wrong))
                        .isInstanceOf(InvalidParameters.class)
                        .hasMessageStartingWith(name + ": 1e99 (expected: ");
            }
        }
    }

    @Test
    void allErrorsAreToldAtOnce() {
        assertThatThrownBy(() ->
                        RuleParameters.of(
                                RuleKind.SERVER_DOWN,
                                Map.of(
                                        "leastSeconds", "100",
                                        "mostSeconds", "50",
                                        "jitterFactor", "NaN",
                                        "grace", "5")))
                .isInstanceOfSatisfying(
                        InvalidParameters.class,
                        e ->
                                assertThat(Set.copyOf(e.errors()))
                                        .containsExactlyInAnyOrder(
                                                "jitterFactor: NaN (expected: a number from 1 to 10)",
                                                "mostSeconds: 50 (expected: at least leastSeconds, 100)",
                                                "grace: 5 (expected: a setting among jitterFactor,"
                                                        + " leastIntervals, leastSeconds, mostSeconds)"));
    }

    @Test
    void whatAThresholdComparesHasToBeSaid() {
        assertThatThrownBy(() -> RuleParameters.of(RuleKind.THRESHOLD, Map.of()))
                .isInstanceOf(InvalidParameters.class)
                .hasMessageContaining("field:  (expected: one of memory_mb, ")
                .hasMessageContaining("value:  (expected: a number from ");
    }
}
