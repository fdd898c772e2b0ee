package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One of several processes leads: it holds a lock of the database on a connection of its own, and
 * loses it when that connection ends, however it ends. Blocking; for one thread.
 *
 * <p>A leader that was cut off may believe for a moment that it still leads; what it writes has to
 * be refused for other reasons, as {@link AlertStore#write} does.
 */
public final class LeaderLock implements AutoCloseable {

    private static final int TIMEOUT_SECONDS = 2;

    private final DataSource source;
    private final long lock;
    private @Nullable Connection held;

    /**
     * @param lock its number: who takes the same one competes
     */
    public LeaderLock(DataSource source, long lock) {
        this.source = source;
        this.lock = lock;
    }

    /** Whether this process leads now; tries to, if nobody does. */
    public boolean isLeader() {
        Connection connection = held;
        try {
            if (connection != null) {
                if (connection.isValid(TIMEOUT_SECONDS)) {
                    return true;
                }
                close();
            }
            return tryLock();
        } catch (SQLException e) {
            close();
            throw SqlFailure.of("asking who leads", e);
        }
    }

    @Override
    public void close() {
        Connection connection = held;
        held = null;
        if (connection == null) {
            return;
        }
        try (connection;
                PreparedStatement unlock =
                        connection.prepareStatement("SELECT pg_advisory_unlock(?)")) {
            unlock.setLong(1, lock);
            unlock.execute();
        } catch (SQLException e) {
            // The lock went with the connection.
        }
    }

    private boolean tryLock() throws SQLException {
        Connection connection = source.getConnection();
        boolean locked = false;
        try (PreparedStatement select =
                connection.prepareStatement("SELECT pg_try_advisory_lock(?)")) {
            select.setLong(1, lock);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                locked = row.getBoolean(1);
            }
        } finally {
            if (locked) {
                held = connection;
            } else {
                connection.close();
            }
        }
        return locked;
    }
}
