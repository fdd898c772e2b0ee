package dev.wolverine.db.postgres;

import dev.wolverine.db.StorageException;
import java.sql.SQLException;

/** Tells the two kinds of storage trouble apart by SQLSTATE. */
final class SqlFailure {

    private SqlFailure() {}

    /** Classes 22 and 23 (data, constraint) blame the data; all else may pass. */
    static StorageException of(String doing, SQLException cause) {
        String state = cause.getSQLState();
        if (state != null && (state.startsWith("22") || state.startsWith("23"))) {
            return new StorageException.RejectedData(doing + ": SQLSTATE " + state, cause);
        }
        return new StorageException.Unavailable(doing + ": SQLSTATE " + state, cause);
    }
}
