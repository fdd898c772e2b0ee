package dev.wolverine.db.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.ZoneId;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked
class UsageKeyTest {

    @Test
    void everyDayOfEveryTimeZoneBeginsWithAQuarter() {
        int days = 0;
        for (String zone : ZoneId.getAvailableZoneIds()) {
            LocalDate end = LocalDate.of(2035, 1, 1);
            for (LocalDate day = LocalDate.of(2024, 1, 1);
                    day.isBefore(end);
                    day = day.plusDays(1)) {
                long start = day.atStartOfDay(ZoneId.of(zone)).toInstant().toEpochMilli();
                assertThat(start % UsageKey.QUARTER_MILLIS).as("%s in %s", day, zone).isZero();
                days++;
            }
        }
        System.out.printf("%d days of %d time zones%n", days, ZoneId.getAvailableZoneIds().size());
    }
}
