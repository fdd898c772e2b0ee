package dev.wolverine.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wolverine.db.StorageConfig;
import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.model.StorageLayout;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How many bytes a beat takes on the disk with its index, of rows as a fleet writes them: 250
 * servers interleaved (`-Dstorage.servers=1000` for more), six hours of a beat a minute, seconds
 * and milliseconds that wander, figures that change from beat to beat, a snapshot hash that changes
 * with one beat in ten.
 */
@NullUnmarked
class StorageSizeIT {

    private static final Instant START =
            LocalDate.of(2026, 11, 1).atStartOfDay().toInstant(ZoneOffset.UTC);
    private static final int SERVERS = Integer.getInteger("storage.servers", 250);
    private static final int MINUTES = 360;

    private static final int NATIVE_AIM = 150;
    private static final int COLUMNSTORE_AIM = 30;

    private static final String FILL =
            """
            SELECT setseed(0.42);
            INSERT INTO heartbeats (ts, received_at, snapshot_hash, server_id, pid, uptime_s, memory_mb, peak_memory_mb,
                                    cpu_centi_percent, routes_healthy, routes_unhealthy, slowest_us, flags, status)
            SELECT minute + server * interval '59 ms' + jitter, minute + server * interval '59 ms' + jitter + delay,
                   hashint8extended(server * 1000 + (random() < 0.1)::int * n, 7), server, 1000 + server * 7, 5000 + n * 60,
                   120 + (random() * 12)::int, 160 + n / 60, (random() * 800)::int, 12, (random() < 0.02)::int,
                   20000 + (random() * 3000)::int, 0, 1
            FROM (SELECT n, server, '%s'::timestamptz + n * interval '1 minute' AS minute,
                         (random() * 400)::int * interval '1 ms' AS jitter, (2 + random() * 60)::int * interval '1 ms' AS delay
                  FROM generate_series(0, %d) AS n, generate_series(1, %d) AS server ORDER BY n, server) AS beat
            """;

    @ParameterizedTest
    @EnumSource(
            value = StorageConfig.Layout.class,
            names = {"NATIVE", "TIMESCALE"})
    void aBeatTakesNoMoreThanItsAim(StorageConfig.Layout layout) throws SQLException {
        try (TestDatabase test = TestDatabase.migrated(layout);
                Database database = new Database(test.config());
                Connection owner = database.owner().getConnection();
                Statement statement = owner.createStatement()) {
            Partitions partitions = new Partitions(database.owner());
            partitions.ensure(Set.of(LocalDate.of(2026, 11, 1)));
            statement.execute(String.format(Locale.ROOT, FILL, START, MINUTES - 2, SERVERS));
            int rows = (MINUTES - 1) * SERVERS;
            double open = bytes(database) / rows;
            System.out.printf("%s: %.1f bytes a beat%n", layout, open);
            assertThat(open).isBetween(100.0, (double) NATIVE_AIM);
            StorageLayout chosen = SelectLayout.execute(owner);
            if (layout == StorageConfig.Layout.TIMESCALE) {
                assumeTrue(chosen.columnstore(), "the license has no columnstore");
                partitions.compressBefore(Instant.now());
                double compressed = bytes(database) / rows;
                System.out.printf("%s, compressed: %.1f bytes a beat%n", layout, compressed);
                assertThat(compressed).isBetween(5.0, (double) COLUMNSTORE_AIM);
                try (ResultSet row = statement.executeQuery("SELECT count(*) FROM heartbeats")) {
                    row.next();
                    assertThat(row.getInt(1)).isEqualTo(rows);
                }
            }
        }
    }

    private static double bytes(Database database) {
        return new SelectStorage(database.owner())
                .execute().parts().stream()
                        .filter(part -> part.table().equals("heartbeats"))
                        .mapToLong(part -> part.bytes())
                        .sum();
    }
}
