package dev.wolverine.db.postgres;

import dev.wolverine.db.StorageException;
import java.sql.SQLException;

/** Tells data that PostgreSQL refuses from a PostgreSQL that is not there. */
final class SqlFailure {

    private SqlFailure() {}

    /**
     * The storage exception for a failed statement. Classes 21 to 23 and 54 blame the data
     * (cardinality, value, constraint, a limit of the program); everything else is a server that
     * went away, is full, or gave up.
     */
    static StorageException of(String work, SQLException cause) {
        String state = cause.getSQLState() == null ? "" : cause.getSQLState();
        String message = work + " failed (SQLSTATE " + (state.isEmpty() ? "unknown" : state) + ")";
        if (state.startsWith("21")
                || state.startsWith("22")
                || state.startsWith("23")
                || state.startsWith("54")) {
            return new StorageException.RejectedData(message, cause);
        }
        return new StorageException.Unavailable(message, cause);
    }
}
