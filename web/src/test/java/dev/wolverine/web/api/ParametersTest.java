package dev.wolverine.web.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wolverine.query.FleetQuery;
import dev.wolverine.query.FleetSort;
import dev.wolverine.query.Status;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ParametersTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    @Test
    void nothingIsTheFirstFiftyWorstFirst() {
        FleetQuery query = of().fleet();

        assertThat(query.filter().statuses()).isEmpty();
        assertThat(query.sort()).isEqualTo(FleetSort.STATUS);
        assertThat(query.descending()).isFalse();
        assertThat(query.limit()).isEqualTo(50);
        assertThat(query.offset()).isZero();
    }

    @Test
    void everythingThatCanBeAsked() {
        FleetQuery query =
                of("status", "down,healthy", "q", "shop", "sort", "lastSeen", "order", "desc")
                        .fleet();

        assertThat(query.filter().statuses())
                .containsExactlyInAnyOrder(Status.DOWN, Status.HEALTHY);
        assertThat(query.filter().text()).isEqualTo("shop");
        assertThat(query.sort()).isEqualTo(FleetSort.LAST_SEEN);
        assertThat(query.descending()).isTrue();
    }

    @Test
    void theDefaultRangeIsADayInTheFinestIntervalThatFits() {
        Parameters.Range range = of().range(NOW);

        assertThat(range.from()).isEqualTo(NOW.minus(Duration.ofHours(24)));
        assertThat(range.to()).isEqualTo(NOW);
        assertThat(range.interval()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void theIntervalGrowsWithTheRange() {
        assertThat(of("from", "2026-11-21T11:00:00Z").range(NOW).interval())
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(of("from", "2026-11-14T12:00:00Z").range(NOW).interval())
                .isEqualTo(Duration.ofMinutes(15));
        assertThat(of("from", "2026-08-21T12:00:00Z").range(NOW).interval())
                .isEqualTo(Duration.ofHours(6));
        assertThatThrownBy(() -> of("from", "2020-01-01T00:00:00Z").range(NOW))
                .hasMessageContaining("expected: at most 1000 days");
    }

    @Test
    void timesAreIsoWithAnyOffsetOrMilliseconds() {
        assertThat(of("from", "2026-11-21T12:00:00+05:45").range(NOW).from())
                .isEqualTo(Instant.parse("2026-11-21T06:15:00Z"));
        assertThat(of("from", "1763700000000", "to", "1763700060000").range(NOW).from())
                .isEqualTo(Instant.ofEpochMilli(1_763_700_000_000L));
        for (String odd :
                new String[] {"", "now", "-5", "2026-11-21", "2026-11-21T12:00:00", "1e12", "٣"}) {
            assertThatThrownBy(() -> of("from", odd).range(NOW))
                    .as(odd)
                    .hasMessageStartingWith("from: ");
        }
    }

    @Test
    void anIntervalIsANumberWithItsUnit() {
        String[] day = {"from", "2026-11-20T12:00:00Z", "interval", "7m"};
        assertThat(of(day).range(NOW).interval()).isEqualTo(Duration.ofMinutes(7));
        for (String odd : new String[] {"", "0s", "5", "m", "-5m", "1.5h", "5 m", "1w", "367d"}) {
            assertThatThrownBy(() -> of("interval", odd).range(NOW))
                    .as(odd)
                    .hasMessageStartingWith("interval: ");
        }
    }

    @Test
    void aRangeMakesAtMostAThousandPointsHoweverItLies() {
        String from = "2026-11-21T11:59:59.999Z";
        assertThat(of("from", from, "to", "2026-11-21T12:16:39Z", "interval", "1s").range(NOW))
                .isNotNull();
        assertThatThrownBy(() ->
                        of("from", from, "to", "2026-11-21T12:16:39.001Z", "interval", "1s")
                                .range(NOW))
                .hasMessageContaining("at most 1000 points");
    }

    @Test
    void aSavedViewHoldsWhatTheListTakes() {
        of("status", "down", "tag", "eu,prod", "sort", "memory", "order", "desc").checkView();
        assertThatThrownBy(() -> of("limit", "5").checkView()).hasMessageStartingWith("query: ");
        assertThatThrownBy(() -> of("sort", "colour").checkView()).hasMessageStartingWith("sort: ");
    }

    @Test
    void whatIsShownOfAWrongValueIsShort() {
        assertThatThrownBy(() -> of("sort", "x".repeat(3000)).fleet())
                .message()
                .hasSizeLessThan(350);
    }

    private static Parameters of(String... query) {
        MultiMap parameters = MultiMap.caseInsensitiveMultiMap();
        for (int i = 0; i < query.length; i += 2) {
            parameters.add(query[i], query[i + 1]);
        }
        return new Parameters(parameters);
    }
}
