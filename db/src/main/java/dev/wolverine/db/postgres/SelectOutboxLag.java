package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * For how long the oldest message that could have gone out has not. Blocking; thread-safe.
 *
 * <p>What waits for its next try, or because its channel has had its share of the minute or asked
 * for a pause, could not.
 */
public final class SelectOutboxLag {

    private static final String SELECT =
            """
            SELECT min(greatest(oldest.due_at, c.paused_until, c.recent[cardinality(c.recent) - ? + 1] + interval '1 minute')) AS since
            FROM channels c
            CROSS JOIN LATERAL (SELECT min(o.due_at) AS due_at FROM outbox o WHERE o.channel_id = c.id AND
            """
                    + ClaimOutbox.READY
                    + """
                    ) AS oldest
                    WHERE c.enabled AND oldest.due_at IS NOT NULL
                    """;

    private final DataSource writer;
    private final int perMinute;

    /**
     * @param perMinute messages that a channel gets at most
     */
    public SelectOutboxLag(DataSource writer, int perMinute) {
        this.writer = writer;
        this.perMinute = perMinute;
    }

    public Duration execute(Instant now) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setInt(1, perMinute);
            select.setObject(2, Columns.utc(now));
            select.setObject(3, Columns.utc(now));
            try (ResultSet row = select.executeQuery()) {
                row.next();
                Instant since = Objects.requireNonNullElse(Columns.instant(row, "since"), now);
                return since.isBefore(now) ? Duration.between(since, now) : Duration.ZERO;
            }
        } catch (SQLException e) {
            throw SqlFailure.of("measuring the outbox", e);
        }
    }
}
