package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** Asks whether heartbeats are taken and stored, by the database's clock. Blocking; thread-safe. */
public final class SelectPlatformAlive {

    private static final String SELECT =
            "SELECT extract(epoch FROM clock_timestamp() - alive_at) FROM platform_alive";

    private final DataSource writer;

    public SelectPlatformAlive(DataSource writer) {
        this.writer = writer;
    }

    /** Since when nobody has said so; zero if nobody ever did. */
    public Duration silence() {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT);
                ResultSet row = select.executeQuery()) {
            double seconds = row.next() ? row.getDouble(1) : 0;
            return Duration.ofMillis((long) (Math.max(0, seconds) * 1000));
        } catch (SQLException e) {
            throw SqlFailure.of("asking whether the platform is alive", e);
        }
    }
}
