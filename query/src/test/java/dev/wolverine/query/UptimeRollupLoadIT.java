package dev.wolverine.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.postgres.Partitions;
import dev.wolverine.db.postgres.SelectReopened;
import dev.wolverine.db.postgres.UptimeStore;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** One hour of a fleet is counted in a small part of an hour. */
@NullUnmarked
class UptimeRollupLoadIT {

    private static final Instant HOUR = Instant.parse("2026-11-20T10:00:00Z");
    private static final int SERVERS = 20_000;

    @Test
    void anHourOfTwentyThousandServersIsCountedInSeconds() {
        try (UptimeDatabase database = new UptimeDatabase()) {
            fill(database);
            UptimeStore store = new UptimeStore(database.database().writer());
            Instant now = HOUR.plus(Duration.ofHours(2));
            store.progress(HOUR, new SelectReopened(database.database().writer()).end(), now);

            long began = System.nanoTime();
            int servers = 0;
            int transactions = 0;
            Duration longest = Duration.ZERO;
            while (true) {
                long before = System.nanoTime();
                Optional<UptimeStore.Counted> counted = store.countNext(now);
                Duration took = Duration.ofNanos(System.nanoTime() - before);
                longest = took.compareTo(longest) > 0 ? took : longest;
                if (counted.isEmpty()) {
                    break;
                }
                servers += counted.get().servers();
                transactions++;
            }
            double seconds = (System.nanoTime() - began) / 1e9;

            System.out.printf(
                    "%d servers x 60 beats: %.2f s, %.0f hours of servers/s, %.0f beats/s, %d transactions,"
                            + " the longest %d ms%n",
                    servers,
                    seconds,
                    servers / seconds,
                    servers * 60 / seconds,
                    transactions,
                    longest.toMillis());
            assertThat(servers).isEqualTo(SERVERS);
            assertThat(
                            database.ask(
                                    "SELECT count(*) FROM uptime_hourly WHERE beats = 60 AND alive_ms = 3600000"))
                    .isEqualTo(String.valueOf(SERVERS));
            assertThat(seconds).isLessThan(60);
        }
    }

    private static void fill(UptimeDatabase database) {
        new Partitions(database.database().owner()).ensure(Set.of(LocalDate.parse("2026-11-20")));
        String organisation = "'" + database.organisation() + "'";
        database.execute(
                "INSERT INTO servers (org_id, instance_id, first_seen) SELECT "
                        + organisation
                        + ", 'wlv_' || n, '2026-11-20T10:00:00Z' FROM generate_series(1, "
                        + SERVERS
                        + ") AS n");
        database.execute(
                """
                INSERT INTO heartbeats (server_id, ts, received_at, status, snapshot_hash, flags)
                SELECT id, ts, ts + interval '1 second', 1, 0, 0
                FROM generate_series(timestamptz '2026-11-20T10:00:00Z', '2026-11-20T11:00:00Z', '1 minute') AS ts, servers
                """);
        database.execute(
                """
                INSERT INTO server_states (server_id, org_id, last_seen, ts, snapshot_hash, status, flags)
                SELECT id, org_id, '2026-11-20T11:00:00Z', '2026-11-20T11:00:00Z', 0, 1, 0 FROM servers
                """);
        database.execute("VACUUM ANALYZE heartbeats");
    }
}
