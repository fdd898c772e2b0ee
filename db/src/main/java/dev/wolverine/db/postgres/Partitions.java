package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The day partitions of `heartbeats` and `snapshots`: made before a day is first written, dropped
 * whole when it is too old. Days are UTC.
 *
 * <p>Thread-safe, also over several processes. A partition is made as a table and then attached,
 * because that does not block those who write to its neighbours.
 */
public final class Partitions {

    private static final Logger log = LoggerFactory.getLogger(Partitions.class);

    private static final List<String> TABLES = List.of("heartbeats", "snapshots");

    /** Any number, as long as it is always the same: serialises definitions over all processes. */
    private static final long LOCK = 0x776f6c7670617274L;

    private static final String LIST =
            """
            SELECT child.relname
            FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
            WHERE inhparent IN ('heartbeats'::regclass, 'snapshots'::regclass)
            """;

    private final DataSource owner;
    private final Set<LocalDate> known = ConcurrentHashMap.newKeySet();

    public Partitions(DataSource owner) {
        this.owner = owner;
    }

    /**
     * Makes sure that these days can be written. Costs nothing for a day that this process asked
     * for before.
     */
    public void ensure(Set<LocalDate> days) {
        if (known.containsAll(days)) {
            return;
        }
        try (Connection connection = owner.getConnection()) {
            connection.setAutoCommit(false);
            lock(connection);
            Set<String> existing = list(connection);
            for (LocalDate day : days) {
                for (String table : TABLES) {
                    if (!existing.contains(name(table, day))) {
                        create(connection, table, day);
                    }
                }
            }
            connection.commit();
        } catch (SQLException e) {
            throw SqlFailure.of("making partitions", e);
        }
        known.addAll(days);
    }

    /** Drops every day before this one; returns the names of the tables that went. */
    public List<String> dropBefore(LocalDate horizon) {
        List<String> dropped = new ArrayList<>();
        try (Connection connection = owner.getConnection()) {
            connection.setAutoCommit(false);
            lock(connection);
            for (String partition : list(connection)) {
                LocalDate day =
                        LocalDate.parse(
                                partition.substring(partition.lastIndexOf('_') + 1),
                                DateTimeFormatter.BASIC_ISO_DATE);
                if (day.isBefore(horizon)) {
                    execute(connection, "DROP TABLE " + partition);
                    known.remove(day);
                    dropped.add(partition);
                }
            }
            connection.commit();
        } catch (SQLException e) {
            throw SqlFailure.of("dropping partitions", e);
        }
        if (!dropped.isEmpty()) {
            log.info("dropped partitions older than {}: {}", horizon, dropped);
        }
        return List.copyOf(dropped);
    }

    private static void lock(Connection connection) throws SQLException {
        execute(connection, "SELECT pg_advisory_xact_lock(" + LOCK + ")");
    }

    private static Set<String> list(Connection connection) throws SQLException {
        Set<String> names = ConcurrentHashMap.newKeySet();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(LIST)) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private static void create(Connection connection, String table, LocalDate day)
            throws SQLException {
        String name = name(table, day);
        String zone = table.equals("heartbeats") ? " 00:00:00+00" : "";
        execute(
                connection,
                "CREATE TABLE "
                        + name
                        + " (LIKE "
                        + table
                        + " INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)");
        execute(
                connection,
                "ALTER TABLE "
                        + table
                        + " ATTACH PARTITION "
                        + name
                        + " FOR VALUES FROM ('"
                        + day
                        + zone
                        + "') TO ('"
                        + day.plusDays(1)
                        + zone
                        + "')");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String name(String table, LocalDate day) {
        return table + "_" + day.format(DateTimeFormatter.BASIC_ISO_DATE);
    }
}
