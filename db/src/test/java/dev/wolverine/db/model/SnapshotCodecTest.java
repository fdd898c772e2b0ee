package dev.wolverine.db.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SnapshotCodecTest {

    private static final Snapshot SNAPSHOT =
            new Snapshot(
                    "5.2.9",
                    "checkout",
                    3000L,
                    "healthy",
                    12L,
                    "/api/orders",
                    new Snapshot.Repairs(7L, 6L, 1L, 85_710L, 123_400L, null, null, null),
                    new Snapshot.Totals(234_213L, 43L, 58_846L, 12L),
                    List.of(
                            new Snapshot.UsageEntry(
                                    Snapshot.Dimension.MODEL, "gpt-4o", "", 1, values())),
                    76L,
                    new TreeMap<>(),
                    new Snapshot.Backups(9L, 5L, 3L, 1L),
                    List.of("{}"),
                    new TreeMap<>());

    @Test
    void sumsAreThoseOfTheWholeSnapshot() {
        byte[] content = SnapshotCodec.encode(SNAPSHOT);
        Snapshot whole = SnapshotCodec.decode(content);
        Snapshot sums = SnapshotCodec.decodeSums(content);
        assertThat(sums)
                .usingRecursiveComparison()
                .ignoringFields("usage", "alertsJson")
                .isEqualTo(whole);
        assertThat(sums.totals()).isEqualTo(SNAPSHOT.totals());
        assertThat(sums.memories()).isEqualTo(76);
        assertThat(whole.usage()).hasSize(1);
        assertThat(sums.usage()).isEmpty();
    }

    private static long[] values() {
        long[] values = new long[Snapshot.Counter.values().length];
        values[0] = 39_522;
        return values;
    }
}
