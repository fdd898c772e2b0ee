package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Runs work in one transaction: all of it is done, or nothing. */
final class Transaction {

    private Transaction() {}

    /**
     * @param name of the work, for messages: `storing a key`
     * @throws dev.wolverine.db.StorageException if it failed; then nothing is done
     */
    static <T> T run(DataSource source, String name, Work<T> work) {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw SqlFailure.of(name, e);
        }
    }

    /** Statements on a connection without auto-commit. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }
}
