package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * Says that the platform takes heartbeats and can store them. If nobody said so for half a minute,
 * that time becomes a blind window. All by the database's clock, so that several processes agree;
 * if that goes back, nothing happens until it has caught up. Blocking; thread-safe.
 */
public final class UpdatePlatformAlive {

    /** A shorter silence of ours hides nothing: a beat that was missed is within the grace. */
    public static final Duration TOLERATED = Duration.ofSeconds(30);

    private static final String UPDATE =
            """
            WITH before AS (
                SELECT alive_at AS since FROM platform_alive FOR UPDATE
            ), said AS (
                UPDATE platform_alive
                SET alive_at = greatest(before.since, date_trunc('milliseconds', clock_timestamp()))
                FROM before
                RETURNING before.since, platform_alive.alive_at AS until
            )
            INSERT INTO blind_windows (began, ended, reason)
            SELECT since, until, 'platform_away' FROM said WHERE until - since > make_interval(secs => ?)
            """;

    private final DataSource writer;

    public UpdatePlatformAlive(DataSource writer) {
        this.writer = writer;
    }

    /** Returns whether a blind window ended. */
    public boolean execute() {
        try (Connection connection = writer.getConnection();
                PreparedStatement update = connection.prepareStatement(UPDATE)) {
            update.setDouble(1, TOLERATED.toMillis() / 1000d);
            return update.executeUpdate() > 0;
        } catch (SQLException e) {
            throw SqlFailure.of("saying that the platform is alive", e);
        }
    }
}
