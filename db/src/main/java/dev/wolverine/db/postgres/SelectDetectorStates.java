package dev.wolverine.db.postgres;

import dev.wolverine.db.model.DetectorState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;

/** Reads what servers are judged by. Blocking; thread-safe. */
public final class SelectDetectorStates {

    private static final int FETCH_ROWS = 2_000;

    /** Of commits that are older than an hour nothing is known any more. */
    private static final String SELECT =
            """
            SELECT server_id, org_id, covers::text AS covers, state, saved_at > now() - interval '50 minutes' AS is_young
            FROM detector_states
            """;

    private final DataSource writer;

    public SelectDetectorStates(DataSource writer) {
        this.writer = writer;
    }

    /** Takes what was stored of one server. */
    @FunctionalInterface
    public interface Sink {
        /**
         * @param isYoung whether every commit since is still known
         */
        void accept(DetectorState state, boolean isYoung);
    }

    /** All there are. */
    public void all(Sink sink) {
        try (Connection connection = writer.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement select = connection.prepareStatement(SELECT)) {
                select.setFetchSize(FETCH_ROWS);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        sink.accept(
                                new DetectorState(
                                        row.getInt("server_id"),
                                        row.getObject("org_id", UUID.class),
                                        Long.parseUnsignedLong(row.getString("covers")),
                                        row.getBytes("state")),
                                row.getBoolean("is_young"));
                    }
                }
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw SqlFailure.of("reading detector states", e);
        }
    }
}
