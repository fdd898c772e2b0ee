package dev.wolverine.db.postgres;

import dev.wolverine.db.ledger.LedgerCodec;
import dev.wolverine.db.ledger.LedgerFacts;
import dev.wolverine.db.ledger.LedgerState;
import dev.wolverine.db.ledger.SeriesKey;
import dev.wolverine.db.ledger.ServerLedger;
import dev.wolverine.db.ledger.UsageDimension;
import dev.wolverine.db.ledger.UsageKey;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Computes a server's usage anew from all of its beats that are kept, and compares it row by row
 * with what is stored. Reads one server at a time, in a snapshot of its own: nothing waits for it.
 * Blocking; thread-safe.
 */
public final class UsageReconciliation {

    private static final String SELECT_NEXT =
            "SELECT id, org_id, instance_id FROM servers WHERE id > ? ORDER BY id LIMIT 1";

    private static final String SELECT_FIRST_DAY =
            "SELECT day, state FROM ledger_days WHERE server_id = ? ORDER BY day LIMIT 1";

    private static final String SELECT_SERIES =
            "SELECT id, dimension, key, category FROM usage_series WHERE org_id = ?";

    private static final String SELECT_USAGE =
            """
            SELECT extract(epoch FROM bucket)::bigint AS seconds, series_id, input_tokens, output_tokens, tokens, calls,
                   cost_micros, cache_creation_tokens, cache_read_tokens, cache_savings_micros, successes, failures, estimated
            FROM usage_facts WHERE server_id = ? AND bucket >= ?
            """;

    private final DataSource writer;

    public UsageReconciliation(DataSource writer) {
        this.writer = writer;
    }

    /**
     * What came of one server.
     *
     * @param rows of usage that were compared
     * @param differing of these, missing and surplus ones among them
     */
    public record Finding(int serverId, int rows, int differing) {}

    /** Compares the server with the next higher surrogate id; empty if there is none. */
    public Optional<Finding> next(int afterServerId) {
        try (Connection connection = writer.getConnection()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            Optional<Finding> finding = compare(connection, afterServerId);
            connection.rollback();
            return finding;
        } catch (SQLException e) {
            throw SqlFailure.of("comparing usage with its beats", e);
        }
    }

    private static Optional<Finding> compare(Connection connection, int afterServerId)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_NEXT)) {
            select.setInt(1, afterServerId);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                int serverId = row.getInt(1);
                Identity identity = new Identity(row.getObject(2, UUID.class), row.getString(3));
                return Optional.of(compare(connection, serverId, identity));
            }
        }
    }

    private static Finding compare(Connection connection, int serverId, Identity identity)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_FIRST_DAY)) {
            select.setInt(1, serverId);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return new Finding(serverId, 0, 0);
                }
                Instant start =
                        row.getObject(1, LocalDate.class).atStartOfDay(ZoneOffset.UTC).toInstant();
                LedgerState state = LedgerCodec.decode(row.getBytes(2));
                Map<Cell, long[]> expected = expected(connection, serverId, identity, start, state);
                return difference(serverId, expected, stored(connection, serverId, start));
            }
        }
    }

    /** A row's key. Beats of a day book in later quarters, or in earlier ones that go unseen. */
    private record Cell(long quarter, int seriesId) {}

    private static Map<Cell, long[]> expected(
            Connection connection,
            int serverId,
            Identity identity,
            Instant start,
            LedgerState state)
            throws SQLException {
        LedgerFacts facts = new LedgerFacts();
        ServerLedger ledger = new ServerLedger(state, facts);
        List<Heartbeat> beats =
                SelectBeats.execute(
                                connection,
                                List.of(
                                        new SelectBeats.Range(
                                                serverId,
                                                start.minusMillis(1),
                                                SelectBeats.FAR_AHEAD)),
                                Map.of(serverId, identity))
                        .getOrDefault(serverId, List.of());
        beats.forEach(ledger::add);
        facts.dropZeros();
        Map<UsageSeriesIds.Name, Integer> ids = series(connection, identity.organisationId());
        long firstQuarter = start.toEpochMilli() / UsageKey.QUARTER_MILLIS;
        Map<Cell, long[]> cells = new HashMap<>();
        facts.usage()
                .forEach((key, amounts) -> {
                    if (key.quarter() >= firstQuarter) {
                        var name = new UsageSeriesIds.Name(identity.organisationId(), key.series());
                        int seriesId = ids.getOrDefault(name, ids.getOrDefault(name.other(), 0));
                        cells.merge(new Cell(key.quarter(), seriesId), amounts, LedgerFacts::sum);
                    }
                });
        return cells;
    }

    private static Map<UsageSeriesIds.Name, Integer> series(
            Connection connection, UUID organisationId) throws SQLException {
        Map<UsageSeriesIds.Name, Integer> ids = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT_SERIES)) {
            select.setObject(1, organisationId);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    SeriesKey key =
                            new SeriesKey(
                                    UsageDimension.ofCode(row.getInt(2)),
                                    row.getString(3),
                                    row.getString(4));
                    ids.put(new UsageSeriesIds.Name(organisationId, key), row.getInt(1));
                }
            }
        }
        return ids;
    }

    private static Map<Cell, long[]> stored(Connection connection, int serverId, Instant start)
            throws SQLException {
        Map<Cell, long[]> cells = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT_USAGE)) {
            select.setInt(1, serverId);
            select.setTimestamp(2, Timestamp.from(start));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    long[] amounts = new long[LedgerFacts.ESTIMATED + 1];
                    for (int i = 0; i < amounts.length; i++) {
                        amounts[i] = row.getLong(3 + i);
                    }
                    long quarter = row.getLong(1) * 1000 / UsageKey.QUARTER_MILLIS;
                    cells.put(new Cell(quarter, row.getInt(2)), amounts);
                }
            }
        }
        return cells;
    }

    private static Finding difference(
            int serverId, Map<Cell, long[]> expected, Map<Cell, long[]> stored) {
        Set<Cell> all = new HashSet<>(expected.keySet());
        all.addAll(stored.keySet());
        int differing = 0;
        for (Cell cell : all) {
            if (!Arrays.equals(expected.get(cell), stored.get(cell))) {
                differing++;
            }
        }
        return new Finding(serverId, all.size(), differing);
    }
}
