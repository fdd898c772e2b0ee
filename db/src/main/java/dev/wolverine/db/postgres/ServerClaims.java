package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who stores the beats of a server: the one writer that claimed it, until another does. What a
 * writer remembers of its servers is therefore true without a look at their rows, and a beat that
 * changes nothing else costs its own row only.
 *
 * <p>Each transaction of a writer first locks the writer's row. Who takes servers over locks the
 * rows of their writers, so that it waits for what is under way there and keeps the next from
 * beginning, and counts their `taken` up. A writer that finds its count as it was has lost nothing.
 * Rows of writers are locked before those of servers, and in the order of their ids.
 *
 * <p>A writer keeps its id over connections: what an old connection may still be committing has the
 * lock. For one thread.
 */
final class ServerClaims {

    private static final String REGISTER = "INSERT INTO writers DEFAULT VALUES RETURNING id";

    private static final String LOCK_WRITERS =
            "SELECT id, taken FROM writers WHERE id = ANY (?) ORDER BY id FOR NO KEY UPDATE";

    private static final String SELECT_WRITERS =
            "SELECT id, writer FROM servers WHERE id = ANY (?)";

    private static final String LOCK_SERVERS = SELECT_WRITERS + " ORDER BY id FOR NO KEY UPDATE";

    private static final String CLAIM = "UPDATE servers SET writer = ? WHERE id = ANY (?)";

    private static final String TELL = "UPDATE writers SET taken = taken + 1 WHERE id = ANY (?)";

    private static final int NOBODY = 0;

    private int self = NOBODY;

    /** Makes the writer known, the first time; to be called outside of a transaction. */
    void register(Connection connection) throws SQLException {
        if (self == NOBODY) {
            try (Statement insert = connection.createStatement();
                    ResultSet row = insert.executeQuery(REGISTER)) {
                row.next();
                self = row.getInt(1);
            }
        }
    }

    /**
     * Begins a transaction. Returns how often servers were taken from this writer: while that is
     * the same, it has those that it had, until the transaction ends.
     */
    long begin(Connection connection) throws SQLException {
        return lockWriters(connection, Set.of());
    }

    /**
     * Begins a transaction that claims servers. Returns like {@link #begin}, or -1 if another
     * writer was faster: the transaction must be rolled back, and may be tried again.
     */
    long beginWith(Connection connection, Collection<Integer> servers) throws SQLException {
        Set<Integer> writers = new TreeSet<>(writers(connection, SELECT_WRITERS, servers).values());
        long taken = lockWriters(connection, writers);
        Map<Integer, Integer> former = writers(connection, LOCK_SERVERS, servers);
        former.values().removeIf(writer -> writer == self);
        writers.add(NOBODY);
        if (!writers.containsAll(former.values())) {
            return -1;
        }
        if (!former.isEmpty()) {
            try (PreparedStatement claim = connection.prepareStatement(CLAIM)) {
                claim.setInt(1, self);
                claim.setArray(2, array(connection, former.keySet()));
                claim.executeUpdate();
            }
        }
        former.values().removeIf(writer -> writer == NOBODY);
        if (!former.isEmpty()) {
            try (PreparedStatement tell = connection.prepareStatement(TELL)) {
                tell.setArray(1, array(connection, Set.copyOf(former.values())));
                tell.executeUpdate();
            }
        }
        return taken;
    }

    /** Which of these servers another writer has, inside a transaction that was begun. */
    Set<Integer> lost(Connection connection, Collection<Integer> servers) throws SQLException {
        Map<Integer, Integer> writers = writers(connection, SELECT_WRITERS, servers);
        writers.values().removeIf(writer -> writer == self);
        return writers.keySet();
    }

    private long lockWriters(Connection connection, Set<Integer> others) throws SQLException {
        Set<Integer> writers = new TreeSet<>(others);
        writers.add(self);
        long taken = -1;
        try (PreparedStatement lock = connection.prepareStatement(LOCK_WRITERS)) {
            lock.setArray(1, array(connection, writers));
            try (ResultSet rows = lock.executeQuery()) {
                while (rows.next()) {
                    if (rows.getInt(1) == self) {
                        taken = rows.getLong(2);
                    }
                }
            }
        }
        if (taken < 0) {
            throw new IllegalStateException("writer " + self + " is not registered any more");
        }
        return taken;
    }

    private static Map<Integer, Integer> writers(
            Connection connection, String sql, Collection<Integer> servers) throws SQLException {
        Map<Integer, Integer> writers = HashMap.newHashMap(servers.size());
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setArray(1, array(connection, servers));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    writers.put(rows.getInt(1), rows.getInt(2));
                }
            }
        }
        return writers;
    }

    private static java.sql.Array array(Connection connection, Collection<Integer> values)
            throws SQLException {
        return connection.createArrayOf("integer", values.toArray());
    }
}
