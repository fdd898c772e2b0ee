package dev.wolverine.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.bench.database.DatabaseUrl;
import dev.wolverine.bench.database.PlatformSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseComparisonIT {
    private static final String ROWS =
            """
            INSERT INTO servers (org_id, instance_id, first_seen)
            SELECT '00000000-0000-0000-0000-000000000001', 'wlv_' || i, now()
            FROM generate_series(%1$s, %2$s, %3$s) i;
            INSERT INTO server_states (server_id, org_id, last_seen, ts, snapshot_hash, status, flags)
            SELECT id, org_id, now(), '2026-11-21 10:00:00Z', 7, 1, 0 FROM servers;
            INSERT INTO heartbeats (ts, received_at, snapshot_hash, server_id, memory_mb, flags, status)
            SELECT '2026-11-21 10:00:00Z'::timestamptz - i * interval '1 min', clock_timestamp(), 7, id, 40 + i, 0, 1
            FROM servers, generate_series(0, 99) i;
            INSERT INTO snapshots (day, server_id, hash, content)
            SELECT '2026-11-21', id, h, 'abc' FROM servers, generate_series(-3, 3) h;
            """;

    private final PlatformSchema schema = new PlatformSchema();
    private String left = "";
    private String right = "";

    @AfterAll
    void stop() {
        schema.close();
    }

    @BeforeEach
    void store() throws Exception {
        left = schema.create();
        right = schema.create();
        schema.execute(left, ROWS.formatted(1, 12, 1));
        schema.execute(right, ROWS.formatted(12, 1, -1));
    }

    @Test
    void platformsWithOtherSurrogateKeysAndReceiveTimesAreEqual() throws SQLException {
        assertThat(differences()).isEmpty();
    }

    @Test
    void everyDifferenceIsNamedByItsPath() throws SQLException {
        schema.execute(
                right,
                """
                UPDATE heartbeats SET memory_mb = 1 WHERE memory_mb = 50
                    AND server_id = (SELECT id FROM servers WHERE instance_id = 'wlv_3');
                UPDATE server_states SET name = 'x'
                    WHERE server_id = (SELECT id FROM servers WHERE instance_id = 'wlv_10');
                UPDATE snapshots SET hash = 9 WHERE hash = -2
                    AND server_id = (SELECT id FROM servers WHERE instance_id = 'wlv_2');
                """);

        assertThat(differences())
                .containsExactly(
                        "server_states[wlv_10].name: null <> x",
                        "heartbeats[wlv_3, 2026-11-21T09:50:00Z].memory_mb: 50 <> 1",
                        "snapshots[wlv_2, 2026-11-21, -2]: only in the first database",
                        "snapshots[wlv_2, 2026-11-21, 9]: only in the second database");
    }

    @Test
    void aRowOnOneSideIsADifference() throws SQLException {
        schema.execute(left, "DELETE FROM heartbeats WHERE memory_mb = 139");
        schema.execute(right, "DELETE FROM snapshots WHERE hash = 3");

        assertThat(differences())
                .hasSize(24)
                .contains(
                        "heartbeats[wlv_1, 2026-11-21T08:21:00Z]: only in the second database",
                        "snapshots[wlv_12, 2026-11-21, 3]: only in the first database");
    }

    /** A packed snapshot and the whole one have the same hash. */
    @Test
    void howASnapshotIsStoredIsNoDifference() throws SQLException {
        schema.execute(right, "UPDATE snapshots SET base = 1, content = 'packed' WHERE hash = -2");
        assertThat(differences()).isEmpty();
    }

    @Test
    void whatWasNoticedOnTheWayInIsADifference() throws SQLException {
        schema.execute(right, "UPDATE heartbeats SET flags = 2 WHERE memory_mb = 50");
        assertThat(differences()).hasSize(12).allMatch(text -> text.endsWith("flags: 0 <> 2"));
    }

    private List<String> differences() throws SQLException {
        List<String> differences = new ArrayList<>();
        try (Connection one = DatabaseUrl.parse(left, Map.of()).connect();
                Connection other = DatabaseUrl.parse(right, Map.of()).connect()) {
            Map<String, Long> compared = new DatabaseComparison(one, other, differences::add).run();
            assertThat(compared).containsEntry("servers", 12L);
        }
        return differences;
    }
}
