package dev.wolverine.db.postgres;

import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.Budget;
import dev.wolverine.db.model.Principal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Budgets: each change is recorded in the transaction that makes it. Blocking; thread-safe. */
public final class BudgetStore {

    /** Budgets of one organisation. */
    public static final int MAX = 200;

    private static final String COLUMNS =
            """
            id, org_id, name, scope, selector, period, zone, limit_micros, thresholds, forecast, created_at, created_by
            """;

    private static final String SELECT =
            "SELECT "
                    + COLUMNS
                    + """
                    FROM budgets
                    WHERE (?::uuid IS NULL OR org_id = ?) AND (?::uuid IS NULL OR id = ?)
                    ORDER BY org_id, created_at, id
                    """;

    private static final String LOCK =
            "SELECT pg_advisory_xact_lock(hashtextextended(?::text, 14))";

    private static final String COUNT = "SELECT count(*) FROM budgets WHERE org_id = ?";

    private static final String INSERT =
            "INSERT INTO budgets ("
                    + COLUMNS
                    + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (org_id, name) DO NOTHING";

    private static final String UPDATE =
            """
            UPDATE budgets SET name = ?, scope = ?, selector = ?, period = ?, zone = ?, limit_micros = ?, thresholds = ?, forecast = ?
            WHERE org_id = ? AND id = ? AND NOT EXISTS (
                SELECT FROM budgets AS other WHERE other.org_id = budgets.org_id AND other.name = ? AND other.id <> budgets.id)
            """;

    private static final String DELETE =
            "DELETE FROM budgets WHERE org_id = ? AND id = ? RETURNING name";

    private final DataSource writer;

    public BudgetStore(DataSource writer) {
        this.writer = writer;
    }

    /** What came of a change. */
    public enum Outcome {
        DONE,
        /** The organisation has no such budget. */
        UNKNOWN,
        /** It has another one of this name. */
        NAME_TAKEN,
        /** It has {@link #MAX} already. */
        TOO_MANY
    }

    /** An organisation's, the oldest first. */
    public List<Budget> list(UUID organisationId) {
        return Transaction.run(
                writer, "listing budgets", connection -> select(connection, organisationId, null));
    }

    public Optional<Budget> find(UUID organisationId, UUID id) {
        return Transaction.run(
                        writer,
                        "reading a budget",
                        connection -> select(connection, organisationId, id))
                .stream()
                .findFirst();
    }

    /** Those of all organisations. */
    public List<Budget> all() {
        return Transaction.run(
                writer, "listing all budgets", connection -> select(connection, null, null));
    }

    public Outcome insert(Principal by, Budget budget) {
        return Transaction.run(
                writer,
                "storing a budget",
                connection -> {
                    if (count(connection, budget.organisationId()) >= MAX) {
                        return Outcome.TOO_MANY;
                    }
                    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                        insert.setObject(1, budget.id());
                        insert.setObject(2, budget.organisationId());
                        int next = bind(insert, 3, budget);
                        insert.setObject(next, Columns.utc(budget.createdAt()));
                        insert.setString(next + 1, budget.createdBy());
                        if (insert.executeUpdate() == 0) {
                            return Outcome.NAME_TAKEN;
                        }
                    }
                    append(connection, by, budget.createdAt(), "budget.create", budget);
                    return Outcome.DONE;
                });
    }

    /** Replaces all but id, organisation and origin. */
    public Outcome update(Principal by, Budget budget, Instant at) {
        return Transaction.run(
                writer,
                "changing a budget",
                connection -> {
                    try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
                        int next = bind(update, 1, budget);
                        update.setObject(next, budget.organisationId());
                        update.setObject(next + 1, budget.id());
                        update.setString(next + 2, budget.name());
                        if (update.executeUpdate() == 0) {
                            return select(connection, budget.organisationId(), budget.id())
                                            .isEmpty()
                                    ? Outcome.UNKNOWN
                                    : Outcome.NAME_TAKEN;
                        }
                    }
                    append(connection, by, at, "budget.change", budget);
                    return Outcome.DONE;
                });
    }

    public Outcome delete(Principal by, UUID id, Instant at) {
        return Transaction.run(
                writer,
                "deleting a budget",
                connection -> {
                    try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
                        delete.setObject(1, by.organisationId());
                        delete.setObject(2, id);
                        try (ResultSet row = delete.executeQuery()) {
                            if (!row.next()) {
                                return Outcome.UNKNOWN;
                            }
                            AuditLog.append(
                                    connection,
                                    AuditEntry.of(
                                            by.organisationId(),
                                            at,
                                            by.subject(),
                                            "budget.delete",
                                            id.toString(),
                                            Map.of("name", row.getString(1))));
                            return Outcome.DONE;
                        }
                    }
                });
    }

    private static int count(Connection connection, UUID organisationId) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.setString(1, organisationId.toString());
            lock.execute();
        }
        try (PreparedStatement count = connection.prepareStatement(COUNT)) {
            count.setObject(1, organisationId);
            try (ResultSet row = count.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    /** Binds what can be changed; returns the next index. */
    private static int bind(PreparedStatement statement, int first, Budget budget)
            throws SQLException {
        statement.setString(first, budget.name());
        statement.setString(first + 1, budget.scope().label());
        statement.setString(first + 2, budget.selector());
        statement.setString(first + 3, budget.cycle().label());
        statement.setString(first + 4, budget.zone().getId());
        statement.setLong(first + 5, budget.limitMicros());
        statement.setArray(
                first + 6,
                statement
                        .getConnection()
                        .createArrayOf(
                                "smallint",
                                budget.thresholds().stream().map(Integer::shortValue).toArray()));
        statement.setBoolean(first + 7, budget.forecast());
        return first + 8;
    }

    private static void append(
            Connection connection, Principal by, Instant at, String action, Budget budget)
            throws SQLException {
        AuditLog.append(
                connection,
                AuditEntry.of(
                        by.organisationId(),
                        at,
                        by.subject(),
                        action,
                        budget.id().toString(),
                        Map.of(
                                "name",
                                budget.name(),
                                "scope",
                                budget.scope().label(),
                                "selector",
                                budget.selector(),
                                "period",
                                budget.cycle().label(),
                                "limitMicros",
                                Long.toString(budget.limitMicros()))));
    }

    private static List<Budget> select(
            Connection connection, @Nullable UUID organisationId, @Nullable UUID id)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setObject(1, organisationId, Types.OTHER);
            select.setObject(2, organisationId, Types.OTHER);
            select.setObject(3, id, Types.OTHER);
            select.setObject(4, id, Types.OTHER);
            List<Budget> budgets = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    budgets.add(budget(row));
                }
            }
            return budgets;
        }
    }

    private static Budget budget(ResultSet row) throws SQLException {
        List<Integer> thresholds = new ArrayList<>();
        for (Object threshold : (Object[]) row.getArray("thresholds").getArray()) {
            thresholds.add(((Number) threshold).intValue());
        }
        return new Budget(
                row.getObject("id", UUID.class),
                row.getObject("org_id", UUID.class),
                row.getString("name"),
                Budget.Scope.ofLabel(row.getString("scope")).orElseThrow(),
                row.getString("selector"),
                Budget.Cycle.ofLabel(row.getString("period")).orElseThrow(),
                ZoneId.of(row.getString("zone")),
                row.getLong("limit_micros"),
                thresholds,
                row.getBoolean("forecast"),
                Objects.requireNonNull(Columns.instant(row, "created_at")),
                row.getString("created_by"));
    }
}
