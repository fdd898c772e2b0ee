package dev.wolverine.db.postgres;

import dev.wolverine.db.StorageConfig;
import dev.wolverine.db.model.StorageLayout;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Partitions by day of what is kept as long as beats, and by month of what follows from them: made
 * before they are first written, dropped whole when they are too old. Days and months are UTC. The
 * beats of a large fleet are partitioned by hour; where TimescaleDB keeps them, it makes its chunks
 * itself.
 *
 * <p>Thread-safe, also over several processes. A partition is made as a table and then attached,
 * because that does not block those who write to its neighbours.
 */
public final class Partitions {

    private static final Logger log = LoggerFactory.getLogger(Partitions.class);

    private static final String BEATS = "heartbeats";

    /**
     * A month's facts can come from a beat of the next: a silence is spread over 31 days at most.
     * They can also come from a beat of the month before, whose silence begins minutes later.
     */
    private static final int DAYS_BEFORE = 31;

    /** A day of more instances is some 60 million rows: its indexes leave the memory. */
    private static final int INSTANCES_BY_DAY = 40_000;

    /** A day that is not older cannot have been dropped by another process: see the retention. */
    private static final int DAYS_SURELY_KEPT = 3;

    private static final List<Partitioned> TABLES =
            List.of(
                    new Partitioned(BEATS, false, true),
                    new Partitioned("snapshots", false, false),
                    new Partitioned("ledger_days", false, false),
                    new Partitioned("usage_facts", true, true),
                    new Partitioned("usage_adjustments", true, true),
                    new Partitioned("repairs", true, true),
                    new Partitioned("restarts", true, true),
                    new Partitioned("status_log", true, true));

    /** Any number, as long as it is always the same: serialises definitions over all processes. */
    private static final long LOCK = 0x776f6c7670617274L;

    private static final String LIST =
            """
            SELECT child.relname
            FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid JOIN pg_class parent ON parent.oid = inhparent
            WHERE parent.relkind = 'p' AND child.relkind = 'r' AND parent.relname = ANY (?)
            ORDER BY child.relname
            """;

    private static final String COUNT_INSTANCES =
            "SELECT count(*) FROM server_states WHERE last_seen > now() - interval '1 day'";

    /** Dropping waits for readers, and who writes waits behind it: not for longer than this. */
    private static final String WAIT_BRIEFLY = "SET LOCAL lock_timeout = '1s'";

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /** A table, whether it has months, and whether instants or dates part it. */
    private record Partitioned(String table, boolean byMonth, boolean byInstant) {
        String bound(LocalDateTime time) {
            return "'"
                    + time.toLocalDate()
                    + (byInstant ? " " + time.toLocalTime() + "+00" : "")
                    + "'";
        }
    }

    private final DataSource owner;
    private final StorageConfig.Partitions beats;
    private final Clock clock;
    private final Set<LocalDate> known = ConcurrentHashMap.newKeySet();
    private volatile @Nullable StorageLayout layout;

    /** As it is shipped. */
    public Partitions(DataSource owner) {
        this(owner, StorageConfig.Partitions.AUTO, Clock.systemUTC());
    }

    /**
     * @param beats how long a partition of beats that is made from now on is; those there are stay
     */
    public Partitions(DataSource owner, StorageConfig.Partitions beats, Clock clock) {
        this.owner = owner;
        this.beats = beats;
        this.clock = clock;
    }

    /**
     * Makes sure that these days can be written. Costs nothing for a recent day that this process
     * asked for before.
     */
    public void ensure(Set<LocalDate> days) {
        if (known.containsAll(days)) {
            return;
        }
        try (Connection connection = owner.getConnection()) {
            connection.setAutoCommit(false);
            lock(connection);
            Set<String> existing = new HashSet<>(list(connection, TABLES));
            for (Partitioned table : tables(connection)) {
                if (table.byMonth()) {
                    create(connection, existing, table, PartitionPeriod.MONTH, months(days));
                } else {
                    for (LocalDate day : days) {
                        PartitionPeriod period = period(connection, existing, table, day);
                        create(connection, existing, table, period, starts(period, day));
                    }
                }
            }
            connection.commit();
        } catch (SQLException e) {
            throw SqlFailure.of("making partitions", e);
        }
        LocalDate surelyKept =
                LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).minusDays(DAYS_SURELY_KEPT);
        known.removeIf(day -> day.isBefore(surelyKept));
        days.stream().filter(day -> !day.isBefore(surelyKept)).forEach(known::add);
    }

    /**
     * Drops beats of every day before this one; returns the names of the tables that went. What is
     * being read for long stays until the next time.
     */
    public List<String> dropDaysBefore(LocalDate horizon) {
        return drop(table -> !table.byMonth(), horizon);
    }

    /** Drops what followed from beats of every month that ended before this day. */
    public List<String> dropMonthsBefore(LocalDate horizon) {
        return drop(Partitioned::byMonth, horizon);
    }

    /**
     * Compresses chunks of beats that ended before, where the layout has a columnstore; returns
     * their names.
     */
    public List<String> compressBefore(Instant horizon) {
        try (Connection connection = owner.getConnection()) {
            if (!layout(connection).columnstore()) {
                return List.of();
            }
            List<String> compressed = Hypertable.compress(connection, horizon);
            if (!compressed.isEmpty()) {
                log.info("compressed beats older than {}: {}", horizon, compressed);
            }
            return compressed;
        } catch (SQLException e) {
            throw SqlFailure.of("compressing beats", e);
        }
    }

    private List<String> drop(Predicate<Partitioned> which, LocalDate horizon) {
        Instant before = horizon.atStartOfDay().toInstant(ZoneOffset.UTC);
        List<String> dropped = new ArrayList<>();
        try (Connection connection = owner.getConnection()) {
            connection.setAutoCommit(false);
            List<Partitioned> tables = tables(connection).stream().filter(which).toList();
            for (String partition : list(connection, tables)) {
                if (!PartitionPeriod.endsAt(partition).isAfter(before)
                        && drop(connection, partition)) {
                    dropped.add(partition);
                }
            }
            if (TABLES.stream().filter(which).anyMatch(table -> !tables.contains(table))) {
                dropped.addAll(Hypertable.drop(connection, before));
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

    /**
     * One a transaction: two tables that are locked in another order than writers do would cross.
     */
    private static boolean drop(Connection connection, String partition) throws SQLException {
        try {
            execute(connection, WAIT_BRIEFLY);
            execute(connection, "DROP TABLE IF EXISTS " + partition);
            connection.commit();
            return true;
        } catch (SQLException e) {
            connection.rollback();
            if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                log.info("{} is being read and will be dropped later", partition);
                return false;
            }
            throw e;
        }
    }

    /** What PostgreSQL partitions. */
    private List<Partitioned> tables(Connection connection) throws SQLException {
        return layout(connection).kind() == StorageLayout.Kind.NATIVE
                ? TABLES
                : TABLES.stream().filter(table -> !table.table().equals(BEATS)).toList();
    }

    private StorageLayout layout(Connection connection) throws SQLException {
        StorageLayout found = layout;
        if (found == null) {
            found = SelectLayout.execute(connection);
            layout = found;
        }
        return found;
    }

    /** A day keeps the partitions that it has; a new one of beats gets what suits the fleet. */
    private PartitionPeriod period(
            Connection connection, Set<String> existing, Partitioned table, LocalDate day)
            throws SQLException {
        LocalDateTime midnight = day.atStartOfDay();
        if (!table.table().equals(BEATS)
                || existing.contains(PartitionPeriod.DAY.name(BEATS, midnight))) {
            return PartitionPeriod.DAY;
        }
        if (existing.contains(PartitionPeriod.HOUR.name(BEATS, midnight))) {
            return PartitionPeriod.HOUR;
        }
        return switch (beats) {
            case DAY -> PartitionPeriod.DAY;
            case HOUR -> PartitionPeriod.HOUR;
            case AUTO ->
                    instances(connection) > INSTANCES_BY_DAY
                            ? PartitionPeriod.HOUR
                            : PartitionPeriod.DAY;
        };
    }

    private static long instances(Connection connection) throws SQLException {
        try (Statement select = connection.createStatement();
                ResultSet row = select.executeQuery(COUNT_INSTANCES)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static Set<LocalDateTime> starts(PartitionPeriod period, LocalDate day) {
        Set<LocalDateTime> starts = new TreeSet<>();
        LocalDateTime start = day.atStartOfDay();
        while (start.isBefore(day.plusDays(1).atStartOfDay())) {
            starts.add(start);
            start = period.end(start);
        }
        return starts;
    }

    private static Set<LocalDateTime> months(Set<LocalDate> days) {
        Set<LocalDateTime> starts = new TreeSet<>();
        for (LocalDate day : days) {
            LocalDateTime start =
                    PartitionPeriod.MONTH.start(day.minusDays(DAYS_BEFORE).atStartOfDay());
            while (!start.isAfter(day.plusDays(1).atStartOfDay())) {
                starts.add(start);
                start = PartitionPeriod.MONTH.end(start);
            }
        }
        return starts;
    }

    private static void lock(Connection connection) throws SQLException {
        execute(connection, "SELECT pg_advisory_xact_lock(" + LOCK + ")");
    }

    private static List<String> list(Connection connection, List<Partitioned> tables)
            throws SQLException {
        List<String> names = new ArrayList<>();
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

    private static void create(
            Connection connection,
            Set<String> existing,
            Partitioned table,
            PartitionPeriod period,
            Set<LocalDateTime> starts)
            throws SQLException {
        for (LocalDateTime start : starts) {
            String partition = period.name(table.table(), start);
            if (!existing.contains(partition)) {
                create(connection, table, partition, start, period.end(start));
            }
        }
    }

    private static void create(
            Connection connection,
            Partitioned table,
            String partition,
            LocalDateTime from,
            LocalDateTime until)
            throws SQLException {
        execute(
                connection,
                "CREATE TABLE "
                        + partition
                        + " (LIKE "
                        + table.table()
                        + " INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)");
        execute(
                connection,
                "ALTER TABLE "
                        + table.table()
                        + " ATTACH PARTITION "
                        + partition
                        + " FOR VALUES FROM ("
                        + table.bound(from)
                        + ") TO ("
                        + table.bound(until)
                        + ")");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
