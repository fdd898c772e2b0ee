package dev.wolverine.db.postgres;

import dev.wolverine.db.model.ServerMarks;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** What people say of servers of all organisations. Blocking; thread-safe. */
public final class SelectServerMarks {

    private static final String SELECT = "SELECT server_id, tags, archived_at FROM server_marks";

    private final DataSource writer;

    public SelectServerMarks(DataSource writer) {
        this.writer = writer;
    }

    /** All there are, by the surrogate id of the server. */
    public Map<Integer, ServerMarks> all() {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT)) {
            return read(select);
        } catch (SQLException e) {
            throw SqlFailure.of("reading marks of servers", e);
        }
    }

    /** Those of these servers, as far as there are any. */
    public Map<Integer, ServerMarks> of(Collection<Integer> serverIds) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                SELECT + " WHERE server_id = ANY (?::integer[])")) {
            select.setArray(1, connection.createArrayOf("integer", serverIds.toArray()));
            return read(select);
        } catch (SQLException e) {
            throw SqlFailure.of("reading marks of servers", e);
        }
    }

    private static Map<Integer, ServerMarks> read(PreparedStatement select) throws SQLException {
        Map<Integer, ServerMarks> marks = new HashMap<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                marks.put(
                        row.getInt("server_id"),
                        new ServerMarks(
                                List.of((String[]) row.getArray("tags").getArray()),
                                Columns.instant(row, "archived_at")));
            }
        }
        return marks;
    }
}
