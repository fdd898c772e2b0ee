package dev.wolverine.db.postgres;

import dev.wolverine.db.model.Collision;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Instance ids that several runners share: their start times say so, or two keys of the instance
 * have been in use for an hour beside each other. Blocking; thread-safe.
 */
public final class SelectCollisions {

    private static final String SELECT =
            """
            WITH active AS (
                SELECT instance_id, array_agg(id ORDER BY created_at, id) AS ids, max(created_at) AS youngest
                FROM keys
                WHERE org_id = ? AND kind = 'i' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
                  AND last_used_at > now() - interval '10 minutes'
                GROUP BY instance_id)
            SELECT servers.instance_id, states.name, states.instances, states.last_seen,
                   coalesce(active.ids, '{}') AS key_ids
            FROM server_states AS states
            JOIN servers ON servers.id = states.server_id
            LEFT JOIN active ON active.instance_id = servers.instance_id
            WHERE states.org_id = ?
              AND (states.instances > 1
                   OR cardinality(active.ids) > 1 AND active.youngest < now() - interval '1 hour')
            ORDER BY states.last_seen DESC, servers.instance_id
            LIMIT 1000
            """;

    private final DataSource writer;

    public SelectCollisions(DataSource writer) {
        this.writer = writer;
    }

    /**
     * Those of an organisation, last seen first, at most 1,000.
     *
     * @throws dev.wolverine.db.StorageException if the database is away
     */
    public List<Collision> of(UUID organisationId) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setObject(1, organisationId);
            select.setObject(2, organisationId);
            List<Collision> collisions = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    collisions.add(
                            new Collision(
                                    row.getString("instance_id"),
                                    row.getString("name"),
                                    row.getInt("instances"),
                                    row.getTimestamp("last_seen").toInstant(),
                                    List.of((String[]) row.getArray("key_ids").getArray())));
                }
            }
            return List.copyOf(collisions);
        } catch (SQLException e) {
            throw SqlFailure.of("looking for shared instance ids", e);
        }
    }
}
