package dev.wolverine.query.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CostAnomalyRuleTest {

    private static final Instant SINCE = Instant.parse("2026-10-01T00:00:00Z");
    private static final Instant HOUR = Instant.parse("2026-11-10T10:00:00Z");

    private final CostAnomalyRule rule = new CostAnomalyRule();

    @Test
    void anHourThatIsTenTimesDearerStandsOutOnceAnotherOfThreeDid() {
        TreeMap<Instant, Long> spend = usual();
        spend.put(HOUR, 30_000_000L);
        assertThat(rule.judge(spend, SINCE, HOUR)).isEmpty();
        spend.put(HOUR.minus(Duration.ofHours(2)), 30_000_000L);
        CostAnomalyRule.Verdict verdict = rule.judge(spend, SINCE, HOUR).orElseThrow();
        assertThat(verdict.costMicros()).isEqualTo(30_000_000);
        assertThat(verdict.expectedMicros()).isBetween(2_000_000L, 4_000_000L);
        assertThat(verdict.z()).isGreaterThan(5);
    }

    @Test
    void whatIsLessThanADollarMoreIsNone() {
        TreeMap<Instant, Long> spend = new TreeMap<>();
        spend.put(HOUR, 900_000L);
        spend.put(HOUR.minus(Duration.ofHours(1)), 900_000L);
        assertThat(rule.judge(spend, SINCE, HOUR)).isEmpty();
        spend.put(HOUR, 1_100_000L);
        spend.put(HOUR.minus(Duration.ofHours(1)), 1_100_000L);
        assertThat(rule.judge(spend, SINCE, HOUR)).isPresent();
    }

    @Test
    void whatIsLessThanAFifthOfTheMedianDayIsNone() {
        TreeMap<Instant, Long> spend = new TreeMap<>();
        for (Instant at = SINCE; at.isBefore(HOUR); at = at.plus(Duration.ofHours(1))) {
            spend.put(at, 10_000_000L);
        }
        spend.put(HOUR, 50_000_000L);
        spend.put(HOUR.minus(Duration.ofHours(1)), 50_000_000L);
        assertThat(rule.judge(spend, SINCE, HOUR)).isEmpty();
        spend.put(HOUR, 60_000_000L);
        spend.put(HOUR.minus(Duration.ofHours(1)), 60_000_000L);
        assertThat(rule.judge(spend, SINCE, HOUR)).isPresent();
    }

    @Test
    void inTheFirstWeekNothingIsUsual() {
        TreeMap<Instant, Long> spend = usual();
        spend.put(HOUR, 90_000_000L);
        spend.put(HOUR.minus(Duration.ofHours(1)), 90_000_000L);
        assertThat(rule.judge(spend, HOUR.minus(Duration.ofDays(6)), HOUR)).isEmpty();
    }

    @Test
    void usualNoiseIsNone() {
        int found = 0;
        TreeMap<Instant, Long> spend = usual();
        for (Instant at = SINCE.plus(Duration.ofDays(14));
                at.isBefore(HOUR);
                at = at.plus(Duration.ofHours(1))) {
            found += rule.judge(spend, SINCE, at).isPresent() ? 1 : 0;
        }
        assertThat(found).isZero();
    }

    private static TreeMap<Instant, Long> usual() {
        Random random = new Random(1);
        TreeMap<Instant, Long> spend = new TreeMap<>();
        for (Instant at = SINCE; !at.isAfter(HOUR); at = at.plus(Duration.ofHours(1))) {
            spend.put(at, Math.round(3_000_000 * Math.exp(random.nextGaussian() * 0.2)));
        }
        return spend;
    }
}
