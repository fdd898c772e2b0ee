package dev.wolverine.query.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final ZoneId KOLKATA = ZoneId.of("Asia/Kolkata");
    private static final ZoneId LORD_HOWE = ZoneId.of("Australia/Lord_Howe");

    @Test
    void theDayOnWhichClocksAreSetBackHas25Hours() {
        Period day =
                Period.between(
                        Step.DAY.start(at("2026-10-25T12:00:00Z"), BERLIN),
                        at("2026-10-25T23:00:00Z"),
                        BERLIN);
        assertThat(day.from()).isEqualTo(at("2026-10-24T22:00:00Z"));
        assertThat(day.edges(Step.HOUR)).hasSize(26);
        assertThat(day.edges(Step.DAY)).hasSize(2);
    }

    @Test
    void theDayOnWhichTheyAreSetForwardHas23() {
        Instant start = Step.DAY.start(at("2026-03-29T12:00:00Z"), BERLIN);
        assertThat(Duration.between(start, Step.DAY.next(start, BERLIN)).toHours()).isEqualTo(23);
    }

    @Test
    void hoursOfAZoneBeginWhereItsClockShowsAWholeOne() {
        assertThat(Step.HOUR.start(at("2026-11-21T10:20:00Z"), KOLKATA))
                .isEqualTo(at("2026-11-21T09:30:00Z"));
        assertThat(Step.DAY.start(at("2026-11-21T10:20:00Z"), KOLKATA))
                .isEqualTo(at("2026-11-20T18:30:00Z"));
    }

    @Test
    void anHourThatIsCutByAChangeOfHalfAnHourEndsThere() {
        // 02:00 becomes 02:30 at 15:30 UTC.
        Period change =
                Period.between(at("2026-10-03T14:30:00Z"), at("2026-10-03T17:00:00Z"), LORD_HOWE);
        assertThat(change.edges(Step.HOUR))
                .isEqualTo(
                        List.of(
                                at("2026-10-03T14:30:00Z"),
                                at("2026-10-03T15:30:00Z"),
                                at("2026-10-03T16:00:00Z"),
                                at("2026-10-03T17:00:00Z")));
    }

    @Test
    void weeksBeginOnMondays() {
        assertThat(Step.WEEK.start(at("2026-11-21T10:20:00Z"), BERLIN))
                .isEqualTo(at("2026-11-15T23:00:00Z"));
    }

    @Test
    void aSeriesHasAThousandPointsAtMost() {
        Period month = Period.last(Duration.ofDays(30), at("2026-11-21T10:20:00Z"), BERLIN);
        assertThatThrownBy(() -> month.edges(Step.QUARTER))
                .hasMessageContaining("step: 15m makes more than 1000 points");
    }

    private static Instant at(String text) {
        return Instant.parse(text);
    }
}
