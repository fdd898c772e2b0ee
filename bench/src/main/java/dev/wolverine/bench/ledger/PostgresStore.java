package dev.wolverine.bench.ledger;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wolverine.proto.v1.Heartbeat;
import java.io.IOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.function.Consumer;

/** Reads the platform's own tables, past its code. Needs a user who may see every organisation. */
final class PostgresStore implements Store {
    private static final String SELECT_HEARTBEATS =
            """
            SELECT s.instance_id, round(extract(epoch FROM h.ts) * 1000)::bigint,
                   h.pid, h.uptime_s, h.memory_mb, h.peak_memory_mb, h.cpu_centi_percent,
                   h.routes_healthy, h.routes_unhealthy, h.slowest_us, h.flags, h.status
            FROM heartbeats h
            JOIN servers s ON s.id = h.server_id
            WHERE s.instance_id = ANY (?)
            """;

    private static final String SELECT_QUARANTINE =
            """
            SELECT instance_id, body, content_type
            FROM heartbeat_quarantine
            WHERE instance_id = ANY (?) AND content_type IN ('application/x-protobuf', 'application/json')
            """;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FETCH_SIZE = 5000;
    private static final int FIRST_NARROW_COLUMN = 3;

    private final Connection connection;

    private PostgresStore(Connection connection) {
        this.connection = connection;
    }

    /**
     * The store as it is at this moment, whatever is written meanwhile.
     *
     * @param connection not closed here
     */
    static PostgresStore seenNow(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (Statement snapshot = connection.createStatement()) {
            snapshot.execute("SELECT count(*) FROM servers");
        }
        return new PostgresStore(connection);
    }

    @Override
    public void forEachStored(Collection<String> instanceIds, Consumer<StoredBeat> reader)
            throws UnreadableStoreException {
        read(SELECT_HEARTBEATS, instanceIds, row -> reader.accept(storedBeat(row)));
    }

    @Override
    public void forEachQuarantined(Collection<String> instanceIds, Consumer<BeatKey> reader)
            throws UnreadableStoreException {
        read(SELECT_QUARANTINE, instanceIds, row -> reader.accept(quarantinedBeat(row)));
    }

    private static StoredBeat storedBeat(ResultSet row) throws SQLException {
        int[] values = new int[NarrowColumns.NAMES.size()];
        for (int i = 0; i < values.length; i++) {
            int value = row.getInt(FIRST_NARROW_COLUMN + i);
            values[i] = row.wasNull() ? NarrowColumns.ABSENT : value;
        }
        return new StoredBeat(
                new BeatKey(row.getString(1), row.getLong(2)), new NarrowColumns(values));
    }

    private static BeatKey quarantinedBeat(ResultSet row) throws SQLException {
        byte[] body = row.getBytes(2);
        try {
            long timestamp =
                    row.getString(3).equals("application/json")
                            ? JSON.readTree(body).path("timestamp").asLong()
                            : Heartbeat.parseFrom(body).getTimestamp();
            return new BeatKey(row.getString(1), timestamp);
        } catch (IOException malformed) {
            throw new SQLException("heartbeat_quarantine holds a body that is no beat", malformed);
        }
    }

    private void read(String sql, Collection<String> instanceIds, RowReader reader)
            throws UnreadableStoreException {
        try {
            Array ids = connection.createArrayOf("text", instanceIds.toArray());
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setFetchSize(FETCH_SIZE);
                statement.setArray(1, ids);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        reader.read(rows);
                    }
                }
            }
        } catch (SQLException failure) {
            throw new UnreadableStoreException(String.valueOf(failure.getMessage()), failure);
        }
    }

    /** Takes the current row. */
    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }
}
