package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;

/** The tags of all servers. Blocking; thread-safe. */
public final class SelectServerTags {

    private static final String SELECT = "SELECT server_id, tag FROM server_tags";

    private static final String EXISTS = "SELECT to_regclass('server_tags') IS NOT NULL";

    private final DataSource writer;

    public SelectServerTags(DataSource writer) {
        this.writer = writer;
    }

    /** By server; those without a tag are not there. */
    public Map<Integer, Set<String>> all() {
        try (Connection connection = writer.getConnection()) {
            Map<Integer, Set<String>> tags = new HashMap<>();
            if (!exists(connection)) {
                return tags;
            }
            try (PreparedStatement select = connection.prepareStatement(SELECT);
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    tags.computeIfAbsent(row.getInt(1), _ -> new TreeSet<>()).add(row.getString(2));
                }
            }
            return tags;
        } catch (SQLException e) {
            throw SqlFailure.of("reading tags", e);
        }
    }

    private static boolean exists(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(EXISTS);
                ResultSet row = select.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }
}
