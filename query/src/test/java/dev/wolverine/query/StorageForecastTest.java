package dev.wolverine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wolverine.db.model.StorageLayout;
import dev.wolverine.db.model.StorageSize;
import dev.wolverine.db.model.StoredPart;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StorageForecastTest {

    private static final Instant MIDNIGHT = Instant.parse("2026-11-21T00:00:00Z");
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final long GB = 1_000_000_000L;

    private final StorageForecast forecast =
            new StorageForecast(Duration.ofDays(30), Duration.ofDays(365), Duration.ofHours(26));

    @Test
    void aDayOfTheLastDayIsWrittenEveryDay() {
        StorageReport report = report(days(10, 4 * GB), 1_000 * GB);
        assertThat(report.bytesPerDay().getAsLong()).isCloseTo(4 * GB, within(GB / 100));
        assertThat(report.rawBytes()).isEqualTo(42 * GB);
        assertThat(report.outlook()).isEqualTo(StorageReport.Outlook.FITS);
        assertThat(report.bytesAtRetention().getAsLong()).isCloseTo(121 * GB, within(3 * GB));
    }

    @Test
    void aDiskThatIsTooSmallIsFullBeforeTheFirstDayGoes() {
        StorageReport report = report(days(10, 4 * GB), 41 * GB);
        assertThat(report.outlook()).isEqualTo(StorageReport.Outlook.FILLS);
        assertThat(report.fullInDays()).hasValue(10);
    }

    @Test
    void whatIsDroppedMakesRoom() {
        StorageReport report = report(days(31, 4 * GB), 5 * GB);
        assertThat(report.outlook()).isEqualTo(StorageReport.Outlook.FITS);
    }

    @Test
    void whatIsKeptLongerCountsForLonger() {
        List<StoredPart> parts = new ArrayList<>(days(31, 4 * GB));
        parts.add(
                new StoredPart(
                        "usage_facts",
                        Instant.parse("2026-11-01T00:00:00Z"),
                        Instant.parse("2026-12-01T00:00:00Z"),
                        41 * GB / 2,
                        false));
        StorageReport report = report(parts, 100 * GB);
        assertThat(report.usageBytes()).isEqualTo(41 * GB / 2);
        assertThat(report.bytesPerDay().getAsLong()).isCloseTo(5 * GB, within(GB / 10));
        assertThat(report.fullInDays().getAsInt()).isBetween(97, 104);
        assertThat(report.bytesAtRetention().getAsLong()).isBetween(470 * GB, 520 * GB);
    }

    @Test
    void compressedBeatsTakeWhatCompressedOnesOfLateTook() {
        List<StoredPart> parts = new ArrayList<>();
        for (int chunk = 1; chunk <= 40; chunk++) {
            Instant until = NOON.minus(Duration.ofHours(6L * (chunk - 1)));
            boolean compressed = chunk > 5;
            parts.add(
                    new StoredPart(
                            "heartbeats",
                            until.minus(Duration.ofHours(6)),
                            until,
                            compressed ? GB / 8 : GB,
                            compressed));
        }
        StorageReport report =
                forecast.report(
                        new StorageSize(
                                layout(true),
                                50 * GB,
                                parts,
                                Optional.of(NOON.minus(Duration.ofDays(10)))),
                        OptionalLong.of(100 * GB),
                        NOON);
        assertThat(report.bytesPerDay().getAsLong()).isCloseTo(4 * GB, within(GB / 100));
        // 26 hours of 4 GB a day and the rest of 30 days of 0.5 GB a day, beside 40.6 GB of other
        // things.
        assertThat(report.bytesAtRetention().getAsLong() - report.otherBytes())
                .isBetween(18 * GB, 20 * GB);
        assertThat(report.outlook()).isEqualTo(StorageReport.Outlook.FITS);
    }

    @Test
    void theFirstMinutesTellNothing() {
        StorageReport report =
                forecast.report(
                        new StorageSize(
                                layout(false),
                                GB,
                                days(1, GB),
                                Optional.of(NOON.minus(Duration.ofMinutes(9)))),
                        OptionalLong.of(GB),
                        NOON);
        assertThat(report.bytesPerDay()).isEmpty();
        assertThat(report.outlook()).isEqualTo(StorageReport.Outlook.UNKNOWN);
    }

    @Test
    void aFleetOfOneHourIsNotTakenForOneOfADay() {
        StorageReport report =
                forecast.report(
                        new StorageSize(
                                layout(false),
                                GB,
                                days(1, 2 * GB),
                                Optional.of(NOON.minus(Duration.ofHours(1)))),
                        OptionalLong.empty(),
                        NOON);
        assertThat(report.bytesPerDay().getAsLong()).isCloseTo(24 * GB, within(GB / 100));
        assertThat(report.outlook()).isEqualTo(StorageReport.Outlook.UNKNOWN);
    }

    /** Whole days of this size, and half a one of today. */
    private static List<StoredPart> days(int count, long bytes) {
        List<StoredPart> parts = new ArrayList<>();
        for (int day = 0; day <= count; day++) {
            Instant from = MIDNIGHT.minus(Duration.ofDays(day));
            parts.add(
                    new StoredPart(
                            "heartbeats",
                            from,
                            from.plus(Duration.ofDays(1)),
                            day == 0 ? bytes / 2 : bytes,
                            false));
        }
        return parts;
    }

    private StorageReport report(List<StoredPart> parts, long free) {
        return forecast.report(
                new StorageSize(
                        layout(false),
                        parts.stream().mapToLong(StoredPart::bytes).sum() + GB,
                        parts,
                        Optional.of(MIDNIGHT.minus(Duration.ofDays(60)))),
                OptionalLong.of(free),
                NOON);
    }

    private static StorageLayout layout(boolean columnstore) {
        return new StorageLayout(
                columnstore ? StorageLayout.Kind.TIMESCALE : StorageLayout.Kind.NATIVE,
                columnstore,
                "a test says so");
    }
}
