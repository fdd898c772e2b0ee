package dev.wolverine.bench.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.bench.database.DatabaseUrl;
import dev.wolverine.bench.database.PlatformSchema;
import dev.wolverine.bench.fleet.SimulatedFleet;
import dev.wolverine.bench.fleet.SimulatedInstance;
import dev.wolverine.bench.ledger.CheckReport.Verdict;
import dev.wolverine.proto.v1.Heartbeat;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The checker's reading of the platform's real tables. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VerificationIT {
    private static final String INSERT_SERVER =
            """
            INSERT INTO servers (org_id, instance_id, first_seen)
            VALUES ('00000000-0000-0000-0000-000000000001', '%s', now())
            """;

    private static final String INSERT_HEARTBEAT =
            """
            INSERT INTO heartbeats
            SELECT to_timestamp(?::bigint / 1000.0), now(), 1, id, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?
            FROM servers WHERE instance_id = ?
            """;

    private final SimulatedFleet fleet = new SimulatedFleet(5, 1_795_000_020L, 50);
    private PlatformSchema schema = new PlatformSchema();
    private String url = "";
    private int databases;
    @TempDir private Path directory;

    @AfterAll
    void stop() {
        schema.close();
    }

    @BeforeEach
    void sendAndStore() throws Exception {
        url = schema.create();
        List<BeatKey> sent = new ArrayList<>();
        try (Connection connection = DatabaseUrl.parse(url, Map.of()).connect()) {
            connection.setReadOnly(false);
            for (int index = 0; index < fleet.instances(); index++) {
                SimulatedInstance instance = fleet.instance(index);
                schema.execute(url, INSERT_SERVER.formatted(instance.id()));
                for (long second = instance.dueFrom(0, 60); second < 1200; second += 60) {
                    sent.add(new BeatKey(instance.id(), instance.timestamp(second)));
                    insert(connection, instance.beat(second));
                }
            }
        }
        try (LedgerWriter writer = LedgerWriter.begin(directory, "p" + ++databases, fleet)) {
            writer.attempted(sent);
            writer.acknowledged(sent);
        }
    }

    @Test
    void whatWasStoredAsItWasSentIsValid() throws Exception {
        CheckReport report = verify(url);

        assertThat(report.examples()).isEmpty();
        assertThat(report.verdict()).isEqualTo(Verdict.VALID);
        assertThat(report.stored()).isEqualTo(50 * 20);
    }

    @Test
    void aDeletedRowIsLost() throws Exception {
        schema.execute(
                url,
                "DELETE FROM heartbeats WHERE (server_id, ts) IN (SELECT server_id, ts FROM heartbeats LIMIT 1)");

        CheckReport report = verify(url);

        assertThat(report.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(report.lost()).isOne();
    }

    @Test
    void aRowThatWasNeverSentIsInvented() throws Exception {
        schema.execute(
                url,
                """
                INSERT INTO heartbeats (ts, received_at, snapshot_hash, server_id, flags, status)
                SELECT now(), now(), 1, id, 0, 1 FROM servers LIMIT 1
                """);

        CheckReport report = verify(url);

        assertThat(report.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(report.invented()).isOne();
    }

    @Test
    void aRowThatIsThereTwiceIsADuplicate() throws Exception {
        schema.execute(
                url,
                """
                ALTER TABLE heartbeats DROP CONSTRAINT heartbeats_pkey;
                INSERT INTO heartbeats SELECT * FROM heartbeats LIMIT 1
                """);

        CheckReport report = verify(url);

        assertThat(report.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(report.duplicates()).isOne();
    }

    @Test
    void aRowWithAnotherValueDiffers() throws Exception {
        schema.execute(
                url,
                """
                UPDATE heartbeats SET memory_mb = memory_mb + 1
                WHERE (server_id, ts) IN (SELECT server_id, ts FROM heartbeats LIMIT 1)
                """);

        CheckReport report = verify(url);

        assertThat(report.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(report.differing()).isOne();
        assertThat(report.examples()).singleElement().asString().contains("memory_mb");
    }

    @Test
    void aRowInQuarantineIsKept() throws Exception {
        SimulatedInstance instance = fleet.instance(0);
        Heartbeat beat = instance.beat(instance.dueFrom(0, 60));
        schema.execute(
                url,
                "DELETE FROM heartbeats h USING servers s WHERE s.id = h.server_id"
                        + " AND s.instance_id = '"
                        + instance.id()
                        + "' AND h.ts = to_timestamp("
                        + beat.getTimestamp()
                        + " / 1000.0)");
        assertThat(verify(url).lost()).isOne();

        quarantine(instance.id(), beat);

        assertThat(verify(url).verdict()).isEqualTo(Verdict.VALID);
    }

    @Test
    void aDatabaseThatIsAwayOrHasNoTablesIsUnknown() throws Exception {
        assertThat(verify("postgres://postgres@127.0.0.1:1/none").verdict())
                .isEqualTo(Verdict.UNKNOWN);

        schema.execute(url, "DROP TABLE heartbeats CASCADE");
        assertThat(verify(url).verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    private CheckReport verify(String database) throws Exception {
        return new Verification(directory, DatabaseUrl.parse(database, Map.of())).run();
    }

    private void quarantine(String instanceId, Heartbeat beat) throws SQLException {
        try (Connection connection = DatabaseUrl.parse(url, Map.of()).connect()) {
            connection.setReadOnly(false);
            try (PreparedStatement statement =
                    connection.prepareStatement(
                            """
                            INSERT INTO heartbeat_quarantine (org_id, instance_id, received_at, reason,
                                                              detail, content_type, body_hash, body)
                            VALUES (gen_random_uuid(), ?, now(), 'too_old', '', 'application/x-protobuf', '', ?)
                            """)) {
                statement.setString(1, instanceId);
                statement.setBytes(2, beat.toByteArray());
                statement.executeUpdate();
            }
        }
    }

    private static void insert(Connection connection, Heartbeat beat) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT_HEARTBEAT)) {
            statement.setLong(1, beat.getTimestamp());
            statement.setObject(2, beat.getServer().hasPid() ? beat.getServer().getPid() : null);
            statement.setObject(3, (int) beat.getServer().getUptime());
            statement.setObject(4, (int) beat.getProcess().getMemoryMb());
            statement.setObject(
                    5,
                    beat.getProcess().hasPeakMemoryMb()
                            ? (int) beat.getProcess().getPeakMemoryMb()
                            : null);
            statement.setObject(6, (int) (beat.getProcess().getCpuPercent() * 100));
            statement.setObject(7, beat.getRoutes().getHealthy());
            statement.setObject(8, beat.getRoutes().getUnhealthy());
            statement.setObject(9, (int) (beat.getRoutes().getSlowest().getAvgMs() * 1000));
            statement.setObject(10, status(beat));
            statement.setString(11, beat.getInstanceId());
            statement.executeUpdate();
        }
    }

    private static int status(Heartbeat beat) {
        return switch (beat.getServer().getStatus()) {
            case "" -> 0;
            case "healthy" -> 1;
            default -> 3;
        };
    }
}
