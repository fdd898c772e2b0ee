package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Several statements that take effect together or not at all. */
final class Transaction {

    private Transaction() {}

    /**
     * Runs the statements and commits; whatever they throw rolls back.
     *
     * @param work what is being done, for the message of the failure: `rotating a key`
     * @throws dev.wolverine.db.StorageException if a statement or the commit fails
     */
    static <T> T run(DataSource source, String work, Statements<T> statements) {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                T result = statements.on(connection);
                connection.commit();
                done = true;
                return result;
            } finally {
                if (!done) {
                    connection.rollback();
                }
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw SqlFailure.of(work, e);
        }
    }

    /** What runs in a transaction. */
    @FunctionalInterface
    interface Statements<T> {
        T on(Connection connection) throws SQLException;
    }
}
