package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;

/** Asks whose past has changed since a commit. Blocking; thread-safe. */
public final class SelectLateServers {

    private static final String SELECT =
            """
            SELECT late.server_id, max(commits.xid)::text AS xid
            FROM commits CROSS JOIN LATERAL unnest(late_servers) AS late (server_id)
            WHERE commits.xid >= ?::text::xid8
            GROUP BY late.server_id
            """;

    private final DataSource writer;

    public SelectLateServers(DataSource writer) {
        this.writer = writer;
    }

    /** The last such transaction of each server, from this one on. */
    public Map<Integer, Long> since(long transaction) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setString(1, Long.toUnsignedString(transaction));
            Map<Integer, Long> late = new HashMap<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    late.put(row.getInt("server_id"), Long.parseUnsignedLong(row.getString("xid")));
                }
            }
            return late;
        } catch (SQLException e) {
            throw SqlFailure.of("reading whose past has changed", e);
        }
    }
}
