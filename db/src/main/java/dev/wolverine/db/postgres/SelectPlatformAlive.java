package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Asks whether any process takes heartbeats and stores them now. Blocking; thread-safe. */
public final class SelectPlatformAlive {

    private static final String SELECT =
            "SELECT clock_timestamp() - alive_at <= make_interval(secs => ?) FROM platform_alive";

    private final DataSource writer;

    public SelectPlatformAlive(DataSource writer) {
        this.writer = writer;
    }

    public boolean execute() {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setDouble(1, UpdatePlatformAlive.TOLERATED.toMillis() / 1000d);
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        } catch (SQLException e) {
            throw SqlFailure.of("asking whether the platform is alive", e);
        }
    }
}
