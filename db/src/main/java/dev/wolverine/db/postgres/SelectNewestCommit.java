package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import javax.sql.DataSource;

/** When the last heartbeats were stored. Blocking; thread-safe. */
public final class SelectNewestCommit {

    private static final String SELECT =
            "SELECT committed_at FROM commits ORDER BY xid DESC LIMIT 1";

    private final DataSource writer;

    public SelectNewestCommit(DataSource writer) {
        this.writer = writer;
    }

    /** Empty if there were none within an hour. */
    public Optional<Instant> execute() {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT);
                ResultSet row = select.executeQuery()) {
            return row.next()
                    ? Optional.ofNullable(Columns.instant(row, "committed_at"))
                    : Optional.empty();
        } catch (SQLException e) {
            throw SqlFailure.of("looking for the last commit", e);
        }
    }
}
