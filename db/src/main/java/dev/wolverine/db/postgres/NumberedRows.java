package dev.wolverine.db.postgres;

import dev.wolverine.db.model.LiveEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Takes rows that each organisation numbers without gaps, and notes how far that is: such rows
 * become visible in the order of their numbers.
 *
 * @param select what comes next, by organisation and number; its parameters are limits
 * @param move notes an organisation's last number
 */
record NumberedRows(String select, String move, LiveEvent.Kind kind) {

    List<LiveSource.Draft> take(Connection connection, int limit) throws SQLException {
        List<LiveSource.Draft> drafts = new ArrayList<>();
        Map<UUID, Long> last = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setInt(1, limit);
            statement.setInt(2, limit);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    UUID organisation = row.getObject("org_id", UUID.class);
                    drafts.add(
                            new LiveSource.Draft(
                                    organisation,
                                    kind,
                                    row.getString("instance_id"),
                                    row.getObject("at", OffsetDateTime.class).toInstant(),
                                    row.getString("content")));
                    last.put(organisation, row.getLong("seq"));
                }
            }
        }
        if (!last.isEmpty()) {
            note(connection, last);
        }
        return drafts;
    }

    private void note(Connection connection, Map<UUID, Long> last) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(move)) {
            for (Map.Entry<UUID, Long> organisation : last.entrySet()) {
                statement.setObject(1, organisation.getKey());
                statement.setLong(2, organisation.getValue());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }
}
