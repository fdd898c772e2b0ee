package dev.wolverine.db.postgres;

import dev.wolverine.db.ledger.LedgerFacts;
import dev.wolverine.db.ledger.UsageCounter;
import dev.wolverine.db.ledger.UsageKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.SortedMap;

/** Adds to what servers used; a row that comes to nothing is deleted. */
final class AddUsage {

    static final String STAGING =
            "CREATE TEMP TABLE IF NOT EXISTS staged_usage (LIKE usage_facts) ON COMMIT DELETE ROWS";

    private static final String COLUMNS =
            """
            server_id, bucket, series_id, input_tokens, output_tokens, tokens, calls, cost_micros, cache_creation_tokens,
            cache_read_tokens, cache_savings_micros, successes, failures, estimated
            """;

    private static final String UPSERT =
            "INSERT INTO usage_facts AS stored ("
                    + COLUMNS
                    + ") SELECT "
                    + COLUMNS
                    + """
                    FROM staged_usage
                    ON CONFLICT (server_id, bucket, series_id) DO UPDATE SET
                        input_tokens = stored.input_tokens + excluded.input_tokens,
                        output_tokens = stored.output_tokens + excluded.output_tokens,
                        tokens = stored.tokens + excluded.tokens, calls = stored.calls + excluded.calls,
                        cost_micros = stored.cost_micros + excluded.cost_micros,
                        cache_creation_tokens = stored.cache_creation_tokens + excluded.cache_creation_tokens,
                        cache_read_tokens = stored.cache_read_tokens + excluded.cache_read_tokens,
                        cache_savings_micros = stored.cache_savings_micros + excluded.cache_savings_micros,
                        successes = stored.successes + excluded.successes, failures = stored.failures + excluded.failures,
                        estimated = stored.estimated + excluded.estimated
                    """;

    private static final String DELETE_ZERO =
            """
            DELETE FROM usage_facts AS stored USING staged_usage AS staged
            WHERE stored.server_id = staged.server_id AND stored.bucket = staged.bucket
                AND stored.series_id = staged.series_id
                AND (stored.input_tokens, stored.output_tokens, stored.tokens, stored.calls, stored.cost_micros,
                     stored.cache_creation_tokens, stored.cache_read_tokens, stored.cache_savings_micros,
                     stored.successes, stored.failures, stored.estimated) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
            """;

    private final BinaryCopy copy = new BinaryCopy();

    /** Where an amount goes. */
    record Cell(int serverId, long quarter, int seriesId) implements Comparable<Cell> {
        @Override
        public int compareTo(Cell other) {
            int order = Integer.compare(serverId, other.serverId);
            if (order == 0) {
                order = Long.compare(quarter, other.quarter);
            }
            return order == 0 ? Integer.compare(seriesId, other.seriesId) : order;
        }
    }

    /** Amounts as in {@link LedgerFacts#usage()}. */
    void execute(Connection connection, SortedMap<Cell, long[]> cells) throws SQLException {
        copy.clear();
        boolean takesAway = false;
        for (var entry : cells.entrySet()) {
            copy.row(4 + UsageCounter.values().length);
            copy.int4(entry.getKey().serverId());
            copy.timestamptz(
                    Instant.ofEpochMilli(entry.getKey().quarter() * UsageKey.QUARTER_MILLIS));
            copy.int4(entry.getKey().seriesId());
            long[] amounts = entry.getValue();
            for (int counter = 0; counter < LedgerFacts.ESTIMATED; counter++) {
                copy.int8(amounts[counter]);
                takesAway |= amounts[counter] < 0;
            }
            copy.int4(Math.toIntExact(amounts[LedgerFacts.ESTIMATED]));
            takesAway |= amounts[LedgerFacts.ESTIMATED] < 0;
        }
        copy.send(connection, "staged_usage (" + COLUMNS + ")");
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(UPSERT);
            if (takesAway) {
                statement.executeUpdate(DELETE_ZERO);
            }
        }
    }
}
