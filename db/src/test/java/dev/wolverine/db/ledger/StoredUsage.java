package dev.wolverine.db.ledger;

import dev.wolverine.db.model.Heartbeat;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;

/** Rows of usage in a form in which stored ones and those of brute force can be compared. */
@NullUnmarked
public final class StoredUsage {

    private StoredUsage() {}

    /** What brute force finds for the beats of one server: amounts as in {@link LedgerFacts}. */
    public static Map<UsageKey, long[]> cells(List<Heartbeat> beats) {
        return UsageOracle.usage(beats);
    }

    /** The same, as lines. */
    public static List<String> expected(List<Heartbeat> beats) {
        List<String> rows = new ArrayList<>();
        UsageOracle.usage(beats)
                .forEach((key, cell) ->
                        rows.add(
                                line(
                                        beats.getFirst().identity().instanceId(),
                                        key.quarter(),
                                        key.series(),
                                        cell)));
        return rows;
    }

    /** What is stored for an organisation, sorted; closes the connection. */
    public static List<String> rows(Connection connection, UUID organisation) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (connection;
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT instance_id, extract(epoch FROM bucket)::bigint / 900, dimension, key, category,"
                                        + " input_tokens, output_tokens, tokens, calls, cost_micros, cache_creation_tokens,"
                                        + " cache_read_tokens, cache_savings_micros, successes, failures, estimated"
                                        + " FROM usage_facts JOIN servers ON servers.id = server_id"
                                        + " JOIN usage_series ON usage_series.id = series_id WHERE servers.org_id = '"
                                        + organisation
                                        + "'")) {
            while (row.next()) {
                long[] cell = new long[UsageCounter.COUNT + 1];
                for (int i = 0; i < cell.length; i++) {
                    cell[i] = row.getLong(6 + i);
                }
                SeriesKey series =
                        new SeriesKey(
                                UsageDimension.ofCode(row.getInt(3)),
                                row.getString(4),
                                row.getString(5));
                rows.add(line(row.getString(1), row.getLong(2), series, cell));
            }
        }
        Collections.sort(rows);
        return rows;
    }

    private static String line(String instance, long quarter, SeriesKey series, long[] cell) {
        return instance + " " + quarter + " " + series + " " + Arrays.toString(cell);
    }
}
