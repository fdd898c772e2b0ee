package dev.wolverine.query;

import dev.wolverine.db.DatabaseConfig;
import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.postgres.Partitions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** A database with servers whose beats are put in as the writer does, row by row. */
final class UptimeDatabase implements AutoCloseable {

    private static final Duration LATE = Duration.ofSeconds(150);

    private final TestDatabase test = TestDatabase.migrated();
    private final Database database = new Database(test.config());
    private final Partitions partitions = new Partitions(database.owner());
    private final UUID organisation = UUID.randomUUID();

    UptimeDatabase() {
        execute(
                "ALTER TABLE commits ADD COLUMN IF NOT EXISTS late_servers integer[] NOT NULL DEFAULT '{}'");
        execute(
                "ALTER TABLE commits ADD COLUMN IF NOT EXISTS late_from timestamptz[] NOT NULL DEFAULT '{}'");
        execute("INSERT INTO organisations (id, name) VALUES ('" + organisation + "', 'fleet')");
    }

    Database database() {
        return database;
    }

    DatabaseConfig config() {
        return test.config();
    }

    UUID organisation() {
        return organisation;
    }

    /** A new server; returns its id. */
    int server(Instant firstSeen) {
        return Integer.parseInt(
                ask(
                        "INSERT INTO servers (org_id, instance_id, first_seen) VALUES ('"
                                + organisation
                                + "', 'wlv_' || (SELECT count(*) FROM servers), '"
                                + firstSeen
                                + "') RETURNING id"));
    }

    /** Stores a batch in one transaction: beats, newest states, and word of the commit. */
    void commit(Collection<TestBeat> batch) {
        Set<LocalDate> days = new HashSet<>();
        Map<Integer, Instant> late = new TreeMap<>();
        Instant first = Instant.MAX;
        for (TestBeat beat : batch) {
            days.add(LocalDate.ofInstant(beat.timestamp(), ZoneOffset.UTC));
            first = beat.timestamp().isBefore(first) ? beat.timestamp() : first;
            if (Duration.between(beat.timestamp(), beat.receivedAt()).compareTo(LATE) > 0) {
                late.merge(beat.server(), beat.timestamp(), (a, b) -> a.isBefore(b) ? a : b);
            }
        }
        partitions.ensure(days);
        try (Connection connection = database.owner().getConnection()) {
            connection.setAutoCommit(false);
            for (TestBeat beat : batch) {
                insert(connection, beat);
            }
            insertCommit(connection, batch, first, late);
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    void window(BruteForceUptime.Window window) {
        execute(
                "INSERT INTO blind_windows (began, ended, reason) VALUES ('"
                        + window.from()
                        + "', '"
                        + window.to()
                        + "', 'platform_away')");
    }

    /** A server's rows by hour. */
    Map<Instant, String> rows(int server) {
        Map<Instant, String> rows = new TreeMap<>();
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT * FROM uptime_hourly WHERE server_id = " + server)) {
            while (row.next()) {
                rows.put(
                        row.getTimestamp("hour").toInstant(),
                        row(
                                row.getInt("beats"),
                                String.valueOf(row.getObject("first_beat_ms")),
                                row.getInt("alive_ms"),
                                row.getInt("late_ms"),
                                row.getInt("serving_ms"),
                                row.getInt("alive_blind_ms")));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return rows;
    }

    static String row(
            int beats, String firstMs, long alive, long late, long serving, long aliveBlind) {
        return beats
                + " beats from "
                + firstMs
                + " alive "
                + alive
                + " late "
                + late
                + " serving "
                + serving
                + " blind "
                + aliveBlind;
    }

    /** Which transaction wrote each row last. */
    String versions() {
        return ask(
                "SELECT string_agg(xmin::text, ' ' ORDER BY server_id, hour) FROM uptime_hourly");
    }

    void execute(String sql) {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    String ask(String sql) {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @Override
    public void close() {
        database.close();
        test.close();
    }

    private void insert(Connection connection, TestBeat beat) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        INSERT INTO heartbeats (server_id, ts, received_at, status, routes_unhealthy, snapshot_hash, flags)
                        VALUES (?, ?, ?, ?, ?, 0, 0)
                        """)) {
            insert.setInt(1, beat.server());
            insert.setTimestamp(2, Timestamp.from(beat.timestamp()));
            insert.setTimestamp(3, Timestamp.from(beat.receivedAt()));
            insert.setInt(4, beat.status());
            insert.setObject(5, beat.unhealthyRoutes(), Types.INTEGER);
            insert.executeUpdate();
        }
        try (PreparedStatement upsert =
                connection.prepareStatement(
                        """
                        INSERT INTO server_states AS stored (server_id, org_id, last_seen, ts, snapshot_hash, status, flags)
                        VALUES (?, ?, ?, ?, 0, ?, 0)
                        ON CONFLICT (server_id) DO UPDATE SET ts = excluded.ts WHERE excluded.ts > stored.ts
                        """)) {
            upsert.setInt(1, beat.server());
            upsert.setObject(2, organisation);
            upsert.setTimestamp(3, Timestamp.from(beat.receivedAt()));
            upsert.setTimestamp(4, Timestamp.from(beat.timestamp()));
            upsert.setInt(5, beat.status());
            upsert.executeUpdate();
        }
    }

    private static void insertCommit(
            Connection connection,
            Collection<TestBeat> batch,
            Instant first,
            Map<Integer, Instant> late)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        INSERT INTO commits (server_ids, first_ts, heartbeats, late_servers, late_from)
                        VALUES (?, ?, ?, ?, ?)
                        """)) {
            insert.setArray(
                    1,
                    connection.createArrayOf(
                            "integer", batch.stream().map(TestBeat::server).distinct().toArray()));
            insert.setTimestamp(2, Timestamp.from(first));
            insert.setInt(3, batch.size());
            insert.setArray(4, connection.createArrayOf("integer", late.keySet().toArray()));
            insert.setArray(
                    5,
                    connection.createArrayOf(
                            "timestamptz", late.values().stream().map(Timestamp::from).toArray()));
            insert.executeUpdate();
        }
    }
}
