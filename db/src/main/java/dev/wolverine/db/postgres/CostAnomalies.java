package dev.wolverine.db.postgres;

import dev.wolverine.db.model.CostAnomaly;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Hours in which organisations spent far more than usual: one row an hour, whoever looks. Who
 * follows them keeps the id of the last one it saw. Blocking; thread-safe.
 */
public final class CostAnomalies {

    private static final long LOCK = 0x776f6c76616e6f6dL;

    private static final String INSERT =
            """
            INSERT INTO cost_anomalies (org_id, hour, cost_micros, expected_micros, z, servers, server_micros, detected_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (org_id, hour) DO NOTHING
            """;

    private static final String COLUMNS =
            """
            SELECT id, org_id, hour, cost_micros, expected_micros, z, servers, server_micros, detected_at
            FROM cost_anomalies
            """;

    private static final String SELECT_AFTER =
            COLUMNS + "WHERE (?::uuid IS NULL OR org_id = ?) AND id > ? ORDER BY id LIMIT ?";

    private static final String SELECT_LATEST =
            COLUMNS + "WHERE org_id = ? ORDER BY hour DESC LIMIT ?";

    private final DataSource writer;

    public CostAnomalies(DataSource writer) {
        this.writer = writer;
    }

    /** Stores one; returns false if its hour is stored already. */
    public boolean add(CostAnomaly anomaly) {
        return Transaction.run(
                writer,
                "storing an anomaly of cost",
                connection -> {
                    try (var lock = connection.createStatement()) {
                        lock.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
                    }
                    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                        insert.setObject(1, anomaly.organisationId());
                        insert.setObject(2, Columns.utc(anomaly.hour()));
                        insert.setLong(3, anomaly.costMicros());
                        insert.setLong(4, anomaly.expectedMicros());
                        insert.setDouble(5, anomaly.z());
                        insert.setArray(
                                6,
                                connection.createArrayOf(
                                        "text",
                                        anomaly.contributors().stream()
                                                .map(CostAnomaly.Contributor::instanceId)
                                                .toArray()));
                        insert.setArray(
                                7,
                                connection.createArrayOf(
                                        "bigint",
                                        anomaly.contributors().stream()
                                                .map(CostAnomaly.Contributor::costMicros)
                                                .toArray()));
                        insert.setObject(8, Columns.utc(anomaly.detectedAt()));
                        return insert.executeUpdate() > 0;
                    }
                });
    }

    /**
     * At most so many with higher ids, in their order.
     *
     * @param organisationId null: of all organisations
     */
    public List<CostAnomaly> after(@Nullable UUID organisationId, long id, int limit) {
        return Transaction.run(
                writer,
                "reading anomalies of cost",
                connection -> {
                    try (PreparedStatement select = connection.prepareStatement(SELECT_AFTER)) {
                        select.setObject(1, organisationId, java.sql.Types.OTHER);
                        select.setObject(2, organisationId, java.sql.Types.OTHER);
                        select.setLong(3, id);
                        select.setInt(4, limit);
                        return read(select);
                    }
                });
    }

    /** An organisation's, the newest first, at most so many. */
    public List<CostAnomaly> latest(UUID organisationId, int limit) {
        return Transaction.run(
                writer,
                "reading anomalies of cost",
                connection -> {
                    try (PreparedStatement select = connection.prepareStatement(SELECT_LATEST)) {
                        select.setObject(1, organisationId);
                        select.setInt(2, limit);
                        return read(select);
                    }
                });
    }

    private static List<CostAnomaly> read(PreparedStatement select) throws SQLException {
        List<CostAnomaly> anomalies = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                anomalies.add(anomaly(row));
            }
        }
        return anomalies;
    }

    private static CostAnomaly anomaly(ResultSet row) throws SQLException {
        Object[] servers = (Object[]) row.getArray("servers").getArray();
        Object[] micros = (Object[]) row.getArray("server_micros").getArray();
        List<CostAnomaly.Contributor> contributors = new ArrayList<>();
        for (int i = 0; i < servers.length; i++) {
            contributors.add(
                    new CostAnomaly.Contributor(
                            String.valueOf(servers[i]), ((Number) micros[i]).longValue()));
        }
        return new CostAnomaly(
                row.getLong("id"),
                row.getObject("org_id", UUID.class),
                Objects.requireNonNull(Columns.instant(row, "hour")),
                row.getLong("cost_micros"),
                row.getLong("expected_micros"),
                row.getDouble("z"),
                contributors,
                Objects.requireNonNull(Columns.instant(row, "detected_at")));
    }
}
