package dev.wolverine.db.postgres;

import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.ServerState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** Newest states of servers of all organisations: for the fleet index. Blocking; thread-safe. */
public final class SelectServerStates {

    private static final int FETCH_ROWS = 5_000;

    private static final String SELECT =
            """
            SELECT states.*, servers.instance_id, servers.first_seen
            FROM current_states AS states JOIN servers ON servers.id = states.server_id
            """;

    private final DataSource writer;

    public SelectServerStates(DataSource writer) {
        this.writer = writer;
    }

    /** All there are. */
    public void all(Consumer<ServerState> sink) {
        try (Connection connection = writer.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement select = connection.prepareStatement(SELECT)) {
                select.setFetchSize(FETCH_ROWS);
                read(select, sink);
            }
            connection.rollback();
        } catch (SQLException e) {
            throw SqlFailure.of("reading server states", e);
        }
    }

    /** Those with these surrogate ids. */
    public void of(Collection<Integer> serverIds, Consumer<ServerState> sink) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                SELECT + "WHERE states.server_id = ANY (?::integer[])")) {
            select.setArray(1, connection.createArrayOf("integer", serverIds.toArray()));
            read(select, sink);
        } catch (SQLException e) {
            throw SqlFailure.of("reading server states", e);
        }
    }

    private static void read(PreparedStatement select, Consumer<ServerState> sink)
            throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                sink.accept(
                        new ServerState(
                                row.getInt("server_id"),
                                row.getObject("org_id", UUID.class),
                                row.getString("instance_id"),
                                row.getTimestamp("first_seen").toInstant(),
                                row.getTimestamp("last_seen").toInstant(),
                                row.getTimestamp("ts").toInstant(),
                                ReportedStatus.ofCode(row.getShort("status")),
                                Columns.int4(row, "pid"),
                                Columns.int4(row, "uptime_s"),
                                Columns.int4(row, "memory_mb"),
                                Columns.int4(row, "peak_memory_mb"),
                                Columns.int4(row, "cpu_centi_percent"),
                                Columns.int4(row, "routes_healthy"),
                                Columns.int4(row, "routes_unhealthy"),
                                Columns.int4(row, "slowest_us"),
                                row.getInt("flags"),
                                row.getLong("snapshot_hash"),
                                row.getString("name"),
                                row.getString("version"),
                                Columns.int4(row, "port"),
                                Columns.int4(row, "routes_total"),
                                row.getString("slowest_path"),
                                Columns.int8(row, "repairs_total"),
                                Columns.int8(row, "repairs_succeeded"),
                                Columns.int8(row, "repairs_failed"),
                                Columns.int8(row, "repair_cost_micros"),
                                Columns.int8(row, "tokens"),
                                Columns.int8(row, "calls"),
                                Columns.int8(row, "cost_micros"),
                                Columns.int8(row, "cache_savings_micros"),
                                Columns.int8(row, "memories"),
                                Columns.int8(row, "backups"),
                                row.getInt("instances")));
            }
        }
    }
}
