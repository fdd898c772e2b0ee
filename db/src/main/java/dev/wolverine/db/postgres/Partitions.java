package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Partitions by day of what is kept as long as beats, and by month of what follows from them: made
 * before they are first written, dropped whole when they are too old. Days and months are UTC.
 *
 * <p>Thread-safe, also over several processes. A partition is made as a table and then attached,
 * because that does not block those who write to its neighbours.
 */
public final class Partitions {

    private static final Logger log = LoggerFactory.getLogger(Partitions.class);

    /**
     * A month's facts can come from a beat of the next: a silence is spread over 31 days at most.
     */
    private static final int DAYS_BEFORE = 31;

    private static final List<Partitioned> TABLES =
            List.of(
                    new Partitioned("heartbeats", Period.DAY, true),
                    new Partitioned("snapshots", Period.DAY, false),
                    new Partitioned("ledger_days", Period.DAY, false),
                    new Partitioned("usage_facts", Period.MONTH, true),
                    new Partitioned("usage_adjustments", Period.MONTH, true),
                    new Partitioned("repairs", Period.MONTH, true),
                    new Partitioned("restarts", Period.MONTH, true),
                    new Partitioned("status_log", Period.MONTH, true));

    /** Any number, as long as it is always the same: serialises definitions over all processes. */
    private static final long LOCK = 0x776f6c7670617274L;

    private static final String LIST =
            """
            SELECT child.relname
            FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid JOIN pg_class parent ON parent.oid = inhparent
            WHERE parent.relkind = 'p' AND child.relkind = 'r' AND parent.relname = ANY (?)
            """;

    /** How long a partition is; the pattern ends its name. */
    private enum Period {
        DAY("yyyyMMdd"),
        MONTH("yyyyMM");

        private final DateTimeFormatter suffix;

        Period(String pattern) {
            suffix = DateTimeFormatter.ofPattern(pattern, Locale.ROOT);
        }

        LocalDate start(LocalDate day) {
            return this == DAY ? day : day.withDayOfMonth(1);
        }

        LocalDate end(LocalDate start) {
            return this == DAY ? start.plusDays(1) : start.plusMonths(1);
        }
    }

    private record Partitioned(String table, Period period, boolean byInstant) {
        String name(LocalDate start) {
            return table + "_" + period.suffix.format(start);
        }

        String bound(LocalDate start) {
            return "'" + start + (byInstant ? " 00:00:00+00" : "") + "'";
        }
    }

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
            Set<String> existing = list(connection, TABLES);
            for (Partitioned table : TABLES) {
                for (LocalDate start : starts(table.period(), days)) {
                    if (!existing.contains(table.name(start))) {
                        create(connection, table, start);
                    }
                }
            }
            connection.commit();
        } catch (SQLException e) {
            throw SqlFailure.of("making partitions", e);
        }
        known.addAll(days);
    }

    /** Drops beats of every day before this one; returns the names of the tables that went. */
    public List<String> dropDaysBefore(LocalDate horizon) {
        return drop(Period.DAY, horizon);
    }

    /** Drops what followed from beats of every month that ended before this day. */
    public List<String> dropMonthsBefore(LocalDate horizon) {
        return drop(Period.MONTH, Period.MONTH.start(horizon));
    }

    private List<String> drop(Period period, LocalDate horizon) {
        List<Partitioned> tables =
                TABLES.stream().filter(table -> table.period() == period).toList();
        List<String> dropped = new ArrayList<>();
        try (Connection connection = owner.getConnection()) {
            connection.setAutoCommit(false);
            lock(connection);
            for (String partition : list(connection, tables)) {
                String suffix = partition.substring(partition.lastIndexOf('_') + 1);
                if (suffix.compareTo(period.suffix.format(horizon)) < 0) {
                    execute(connection, "DROP TABLE " + partition);
                    dropped.add(partition);
                }
            }
            connection.commit();
        } catch (SQLException e) {
            throw SqlFailure.of("dropping partitions", e);
        }
        if (!dropped.isEmpty()) {
            known.clear();
            log.info("dropped partitions older than {}: {}", horizon, dropped);
        }
        return List.copyOf(dropped);
    }

    private static Set<LocalDate> starts(Period period, Set<LocalDate> days) {
        Set<LocalDate> starts = new TreeSet<>();
        for (LocalDate day : days) {
            starts.add(period.start(day));
            if (period == Period.MONTH) {
                LocalDate earliest = day.minusDays(DAYS_BEFORE).withDayOfMonth(1);
                for (LocalDate start = earliest; start.isBefore(day); start = start.plusMonths(1)) {
                    starts.add(start);
                }
            }
        }
        return starts;
    }

    private static void lock(Connection connection) throws SQLException {
        execute(connection, "SELECT pg_advisory_xact_lock(" + LOCK + ")");
    }

    private static Set<String> list(Connection connection, List<Partitioned> tables)
            throws SQLException {
        Set<String> names = new HashSet<>();
        try (PreparedStatement select = connection.prepareStatement(LIST)) {
            select.setArray(
                    1,
                    connection.createArrayOf(
                            "text", tables.stream().map(Partitioned::table).toArray()));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        return names;
    }

    private static void create(Connection connection, Partitioned table, LocalDate start)
            throws SQLException {
        execute(
                connection,
                "CREATE TABLE "
                        + table.name(start)
                        + " (LIKE "
                        + table.table()
                        + " INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)");
        execute(
                connection,
                "ALTER TABLE "
                        + table.table()
                        + " ATTACH PARTITION "
                        + table.name(start)
                        + " FOR VALUES FROM ("
                        + table.bound(start)
                        + ") TO ("
                        + table.bound(table.period().end(start))
                        + ")");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
