package dev.wolverine.db.postgres;

import dev.wolverine.db.model.SpendingFindings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import javax.sql.DataSource;

/** What was found about budgets and costs, as far as it still holds. Blocking; thread-safe. */
public final class SelectSpendingFindings implements SpendingFindings {

    private static final int LIMIT = 500;

    /** A period ends when the next one of its zone begins, whatever its clocks do meanwhile. */
    private static final String SELECT_CROSSINGS =
            """
            SELECT * FROM (
                SELECT budget_id, name, threshold, spent_micros, crossing.limit_micros, kind, crossed_at,
                       (period_start AT TIME ZONE zone + ('1 ' || period)::interval) AT TIME ZONE zone AS period_end
                FROM budget_crossings AS crossing JOIN budgets ON budgets.id = budget_id
                WHERE crossing.org_id = ? AND crossing.crossed_at > ?::timestamptz - interval '32 days') AS recent
            WHERE period_end > ?
            ORDER BY crossed_at DESC
            LIMIT %d
            """
                    .formatted(LIMIT);

    private static final String SELECT_ANOMALIES =
            """
            SELECT id, servers, cost_micros, expected_micros, hour
            FROM cost_anomalies
            WHERE org_id = ? AND hour >= ?
            ORDER BY hour DESC
            LIMIT %d
            """
                    .formatted(LIMIT);

    private final DataSource writer;

    public SelectSpendingFindings(DataSource writer) {
        this.writer = writer;
    }

    @Override
    public List<Crossing> crossings(UUID organisation, Instant now) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT_CROSSINGS)) {
            select.setObject(1, organisation);
            select.setObject(2, Columns.utc(now));
            select.setObject(3, Columns.utc(now));
            List<Crossing> found = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.add(
                            new Crossing(
                                    rows.getString("budget_id"),
                                    rows.getString("name"),
                                    rows.getInt("threshold"),
                                    rows.getLong("spent_micros"),
                                    rows.getLong("limit_micros"),
                                    rows.getString("kind").equals("forecast"),
                                    rows.getTimestamp("crossed_at").toInstant(),
                                    rows.getTimestamp("period_end").toInstant()));
                }
            }
            return List.copyOf(found);
        } catch (SQLException e) {
            throw SqlFailure.of("reading crossed budgets", e);
        }
    }

    @Override
    public List<Anomaly> anomalies(UUID organisation, Instant since) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT_ANOMALIES)) {
            select.setObject(1, organisation);
            select.setObject(2, Columns.utc(since));
            List<Anomaly> found = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.add(
                            new Anomaly(
                                    rows.getString("id"),
                                    subject(
                                            (String[])
                                                    Objects.requireNonNull(
                                                            rows.getArray("servers").getArray())),
                                    rows.getLong("cost_micros"),
                                    rows.getLong("expected_micros"),
                                    rows.getTimestamp("hour").toInstant()));
                }
            }
            return List.copyOf(found);
        } catch (SQLException e) {
            throw SqlFailure.of("reading anomalies of cost", e);
        }
    }

    private static String subject(String[] servers) {
        return servers.length == 0
                ? "the fleet"
                : "the fleet (most of it " + String.join(", ", servers) + ")";
    }
}
