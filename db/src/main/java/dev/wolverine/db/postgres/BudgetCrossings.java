package dev.wolverine.db.postgres;

import dev.wolverine.db.model.BudgetCrossing;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * When budgets crossed their thresholds: once for each threshold and period, whoever looks and how
 * often. Who follows them keeps the id of the last one it saw. Blocking; thread-safe.
 */
public final class BudgetCrossings {

    private static final long LOCK = 0x776f6c7662756467L;

    private static final String INSERT =
            """
            INSERT INTO budget_crossings (org_id, budget_id, period_start, kind, threshold, crossed_at, spent_micros, limit_micros, projected_micros)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (budget_id, period_start, kind, threshold) DO NOTHING
            """;

    private static final String SELECT =
            """
            SELECT c.id, c.org_id, budget_id, name, period_start, kind, threshold, crossed_at, spent_micros, c.limit_micros, projected_micros
            FROM budget_crossings AS c JOIN budgets ON budgets.id = budget_id
            WHERE (?::uuid IS NULL OR c.org_id = ?) AND c.id > ?
            ORDER BY c.id
            LIMIT ?
            """;

    private final DataSource writer;

    public BudgetCrossings(DataSource writer) {
        this.writer = writer;
    }

    /**
     * Stores those that are not stored yet; returns how many that were.
     *
     * <p>One transaction, one writer at a time: ids become visible in their order.
     */
    public int add(List<BudgetCrossing> crossings) {
        if (crossings.isEmpty()) {
            return 0;
        }
        return Transaction.run(
                writer,
                "storing crossed budgets",
                connection -> {
                    try (var lock = connection.createStatement()) {
                        lock.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
                    }
                    int added = 0;
                    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                        for (BudgetCrossing crossing : crossings) {
                            insert.setObject(1, crossing.organisationId());
                            insert.setObject(2, crossing.budgetId());
                            insert.setObject(3, Columns.utc(crossing.periodStart()));
                            insert.setString(4, crossing.kind().name().toLowerCase(Locale.ROOT));
                            insert.setInt(5, crossing.threshold());
                            insert.setObject(6, Columns.utc(crossing.crossedAt()));
                            insert.setLong(7, crossing.spentMicros());
                            insert.setLong(8, crossing.limitMicros());
                            insert.setLong(9, crossing.projectedMicros());
                            added += insert.executeUpdate();
                        }
                    }
                    return added;
                });
    }

    /**
     * At most so many with higher ids, in their order.
     *
     * @param organisationId null: of all organisations
     */
    public List<BudgetCrossing> after(@Nullable UUID organisationId, long id, int limit) {
        return Transaction.run(
                writer,
                "reading crossed budgets",
                connection -> {
                    try (PreparedStatement select = connection.prepareStatement(SELECT)) {
                        select.setObject(1, organisationId, java.sql.Types.OTHER);
                        select.setObject(2, organisationId, java.sql.Types.OTHER);
                        select.setLong(3, id);
                        select.setInt(4, limit);
                        List<BudgetCrossing> crossings = new ArrayList<>();
                        try (ResultSet row = select.executeQuery()) {
                            while (row.next()) {
                                crossings.add(crossing(row));
                            }
                        }
                        return crossings;
                    }
                });
    }

    private static BudgetCrossing crossing(ResultSet row) throws SQLException {
        return new BudgetCrossing(
                row.getLong("id"),
                row.getObject("org_id", UUID.class),
                row.getObject("budget_id", UUID.class),
                row.getString("name"),
                Objects.requireNonNull(Columns.instant(row, "period_start")),
                BudgetCrossing.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                row.getInt("threshold"),
                Objects.requireNonNull(Columns.instant(row, "crossed_at")),
                row.getLong("spent_micros"),
                row.getLong("limit_micros"),
                row.getLong("projected_micros"));
    }
}
