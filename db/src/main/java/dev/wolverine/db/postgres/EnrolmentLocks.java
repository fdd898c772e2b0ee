package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;

/** Who enrols waits for who does the same; held until the end of the transaction. */
final class EnrolmentLocks {

    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))";

    private EnrolmentLocks() {}

    /** For what keys one instance has. */
    static void instance(Connection connection, UUID organisationId, String instanceId)
            throws SQLException {
        lock(connection, "wolverine.instance " + organisationId + " " + instanceId);
    }

    /** For which pairing window is open, and how many wait in it. */
    static void pairing(Connection connection) throws SQLException {
        lock(connection, "wolverine.pairing");
    }

    private static void lock(Connection connection, String name) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.setString(1, name);
            lock.execute();
        }
    }
}
