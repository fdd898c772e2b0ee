package dev.wolverine.db.postgres;

import dev.wolverine.db.model.KeyChange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;

/** Keys that ended or changed lately, by the database's clock. Blocking; thread-safe. */
public final class SelectKeyChanges {

    private static final String SELECT =
            """
            SELECT org_id, id, 'ENDED' AS kind, revoked_at AS at FROM keys
            WHERE revoked_at > now() - make_interval(secs => ?)
            UNION ALL
            SELECT org_id, id, 'ENDED', expires_at FROM keys
            WHERE expires_at > now() - make_interval(secs => ?) AND expires_at <= now()
            UNION ALL
            SELECT org_id, id, 'REBOUND', rebound_at FROM keys
            WHERE rebound_at > now() - make_interval(secs => ?)
            """;

    private final DataSource writer;

    public SelectKeyChanges(DataSource writer) {
        this.writer = writer;
    }

    /** A change with its time: together they name it. */
    public record Dated(KeyChange change, Instant at) {}

    /**
     * Changes of all organisations.
     *
     * @throws dev.wolverine.db.StorageException if the database is away
     */
    public List<Dated> within(Duration last) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT)) {
            for (int i = 1; i <= 3; i++) {
                select.setDouble(i, last.toMillis() / 1_000d);
            }
            List<Dated> changes = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    changes.add(
                            new Dated(
                                    new KeyChange(
                                            row.getObject("org_id", UUID.class),
                                            row.getString("id"),
                                            KeyChange.Kind.valueOf(row.getString("kind"))),
                                    row.getTimestamp("at").toInstant()));
                }
            }
            return changes;
        } catch (SQLException e) {
            throw SqlFailure.of("looking for keys that ended", e);
        }
    }
}
