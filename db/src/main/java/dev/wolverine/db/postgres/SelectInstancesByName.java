package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Instances by what their newest beat says of them. Blocking; thread-safe. */
public final class SelectInstancesByName {

    /** More than one is all that anybody asks. */
    private static final String SELECT =
            """
            SELECT servers.instance_id
            FROM server_states AS states JOIN servers ON servers.id = states.server_id
            WHERE states.org_id = ? AND states.name = ? AND states.port IS NOT DISTINCT FROM ?
            LIMIT 2
            """;

    private final DataSource writer;

    public SelectInstancesByName(DataSource writer) {
        this.writer = writer;
    }

    /**
     * At most two ids of instances of the organisation with this name and port.
     *
     * @param port null: those that send none
     */
    public List<String> execute(UUID organisationId, String name, @Nullable Integer port) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setObject(1, organisationId);
            select.setString(2, name);
            select.setObject(3, port, Types.INTEGER);
            List<String> ids = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
            }
            return ids;
        } catch (SQLException e) {
            throw SqlFailure.of("looking an instance up by its name", e);
        }
    }
}
