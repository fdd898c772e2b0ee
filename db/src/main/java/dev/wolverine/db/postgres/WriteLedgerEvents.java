package dev.wolverine.db.postgres;

import dev.wolverine.db.ledger.LedgerEvent;
import dev.wolverine.db.ledger.LedgerEvent.RepairsMade;
import dev.wolverine.db.ledger.LedgerEvent.Restart;
import dev.wolverine.db.ledger.LedgerEvent.StatusChange;
import dev.wolverine.db.ledger.LedgerEvent.UsageAdjusted;
import dev.wolverine.db.ledger.LedgerFacts;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Snapshot;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes, and takes back, changes of status, restarts, repairs and adjustments of usage. */
final class WriteLedgerEvents {

    private static final Table<StatusChange> STATUS =
            new Table<>(
                    StatusChange.class,
                    "DELETE FROM status_log WHERE server_id = ? AND ts = ?",
                    false,
                    """
                    INSERT INTO status_log (server_id, ts, status, reason) VALUES (?, ?, ?, ?)
                    ON CONFLICT (server_id, ts) DO UPDATE SET status = excluded.status, reason = excluded.reason
                    """,
                    (insert, change) -> {
                        insert.setInt(3, change.status().code());
                        insert.setString(4, label(change.reason()));
                    });

    private static final Table<Restart> RESTARTS =
            new Table<>(
                    Restart.class,
                    "DELETE FROM restarts WHERE server_id = ? AND ts = ? AND process = ?",
                    true,
                    """
                    INSERT INTO restarts (server_id, ts, process, lifetime_s, memory_before_mb, cause)
                    VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (server_id, ts, process) DO UPDATE SET
                        lifetime_s = excluded.lifetime_s, memory_before_mb = excluded.memory_before_mb, cause = excluded.cause
                    """,
                    (insert, restart) -> {
                        insert.setInt(3, restart.process().code());
                        insert.setLong(4, restart.lifetimeSeconds());
                        int memoryMb = restart.memoryBeforeMb();
                        insert.setObject(
                                5, memoryMb == Heartbeat.ABSENT ? null : memoryMb, Types.INTEGER);
                        insert.setString(6, label(restart.cause()));
                    });

    private static final Table<RepairsMade> REPAIRS =
            new Table<>(
                    RepairsMade.class,
                    "DELETE FROM repairs WHERE server_id = ? AND ts = ?",
                    false,
                    """
                    INSERT INTO repairs (server_id, ts, repairs, successes, failures, tokens, cost_micros, last_tokens,
                        last_cost_micros, last_at, last_milli, last_success, last_error, last_resolution, last_mode, last_model)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (server_id, ts) DO UPDATE SET
                        repairs = excluded.repairs, successes = excluded.successes, failures = excluded.failures,
                        tokens = excluded.tokens, cost_micros = excluded.cost_micros, last_tokens = excluded.last_tokens,
                        last_cost_micros = excluded.last_cost_micros, last_at = excluded.last_at,
                        last_milli = excluded.last_milli, last_success = excluded.last_success,
                        last_error = excluded.last_error, last_resolution = excluded.last_resolution,
                        last_mode = excluded.last_mode, last_model = excluded.last_model
                    """,
                    WriteLedgerEvents::bind);

    private static final Table<UsageAdjusted> ADJUSTMENTS =
            new Table<>(
                    UsageAdjusted.class,
                    "DELETE FROM usage_adjustments WHERE server_id = ? AND ts = ? AND kind = ?",
                    true,
                    """
                    INSERT INTO usage_adjustments (server_id, ts, kind, series, examples, tokens_before, tokens_after,
                        cost_micros_before, cost_micros_after)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (server_id, ts, kind) DO UPDATE SET
                        series = excluded.series, examples = excluded.examples, tokens_before = excluded.tokens_before,
                        tokens_after = excluded.tokens_after, cost_micros_before = excluded.cost_micros_before,
                        cost_micros_after = excluded.cost_micros_after
                    """,
                    (insert, adjusted) -> {
                        insert.setInt(3, adjusted.adjustment().code());
                        insert.setInt(4, adjusted.series());
                        insert.setArray(
                                5,
                                insert.getConnection()
                                        .createArrayOf("text", adjusted.examples().toArray()));
                        insert.setLong(6, adjusted.tokensBefore());
                        insert.setLong(7, adjusted.tokensAfter());
                        insert.setLong(8, adjusted.costMicrosBefore());
                        insert.setLong(9, adjusted.costMicrosAfter());
                    });

    private static final String WORD_OF_REPAIRS =
            "INSERT INTO unpublished_repairs (server_id, ts) VALUES (?, ?)";

    private WriteLedgerEvents() {}

    /** What becomes of an event of a server. */
    record Change(int serverId, LedgerFacts.Change change) {}

    static void execute(Connection connection, List<Change> changes) throws SQLException {
        for (Table<?> table : List.of(STATUS, RESTARTS, REPAIRS, ADJUSTMENTS)) {
            table.write(connection, changes);
        }
        leaveWordOfRepairs(connection, changes);
    }

    /** For who publishes them: not behind the write path, where nobody finds them cheaply. */
    private static void leaveWordOfRepairs(Connection connection, List<Change> changes)
            throws SQLException {
        List<Change> made =
                changes.stream()
                        .filter(change ->
                                change.change().isPresent()
                                        && change.change().event() instanceof RepairsMade)
                        .toList();
        if (made.isEmpty()) {
            return;
        }
        try (PreparedStatement insert = connection.prepareStatement(WORD_OF_REPAIRS)) {
            for (Change change : made) {
                insert.setInt(1, change.serverId());
                insert.setTimestamp(2, new Timestamp(change.change().event().millis()));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static void bind(PreparedStatement insert, RepairsMade made) throws SQLException {
        insert.setLong(3, made.repairs());
        insert.setLong(4, made.successes());
        insert.setLong(5, made.failures());
        insert.setLong(6, made.tokens());
        insert.setLong(7, made.costMicros());
        Snapshot.@Nullable LastRepair last = made.last();
        insert.setObject(8, last == null ? null : last.tokens(), Types.BIGINT);
        insert.setObject(9, last == null ? null : last.costMicros(), Types.BIGINT);
        Long at = last == null ? null : last.timestampMillis();
        insert.setTimestamp(10, at == null ? null : new Timestamp(at));
        insert.setObject(11, last == null ? null : last.durationMilli(), Types.BIGINT);
        insert.setObject(12, last == null ? null : last.success(), Types.BOOLEAN);
        insert.setString(13, last == null ? null : last.error());
        insert.setString(14, last == null ? null : last.resolution());
        insert.setString(15, last == null ? null : last.mode());
        insert.setString(16, last == null ? null : last.model());
    }

    private static String label(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }

    private interface Binder<E> {
        void bind(PreparedStatement insert, E event) throws SQLException;
    }

    /** Where events of one type go: each statement begins with the server and the time. */
    private record Table<E extends LedgerEvent>(
            Class<E> type, String delete, boolean hasVariants, String insert, Binder<E> binder) {

        void write(Connection connection, List<Change> changes) throws SQLException {
            List<Change> gone = new ArrayList<>();
            List<Change> there = new ArrayList<>();
            for (Change change : changes) {
                if (type.isInstance(change.change().event())) {
                    (change.change().isPresent() ? there : gone).add(change);
                }
            }
            if (!gone.isEmpty()) {
                delete(connection, gone);
            }
            if (!there.isEmpty()) {
                insert(connection, there);
            }
        }

        private void delete(Connection connection, List<Change> gone) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(delete)) {
                for (Change change : gone) {
                    key(statement, change);
                    if (hasVariants) {
                        statement.setInt(3, change.change().event().key().variant());
                    }
                    statement.addBatch();
                }
                statement.executeBatch();
            }
        }

        private void insert(Connection connection, List<Change> there) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(insert)) {
                for (Change change : there) {
                    key(statement, change);
                    binder.bind(statement, type.cast(change.change().event()));
                    statement.addBatch();
                }
                statement.executeBatch();
            }
        }

        private static void key(PreparedStatement statement, Change change) throws SQLException {
            statement.setInt(1, change.serverId());
            statement.setTimestamp(2, new Timestamp(change.change().event().millis()));
        }
    }
}
