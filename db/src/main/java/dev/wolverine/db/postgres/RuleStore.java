package dev.wolverine.db.postgres;

import dev.wolverine.db.alert.AlertEvent;
import dev.wolverine.db.alert.RuleRecord;
import dev.wolverine.db.model.AuditEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Rules: each change makes a version, leaves a record, and is an event that who judges notices.
 * Blocking; thread-safe. Fails with {@link dev.wolverine.db.StorageException}.
 */
public final class RuleStore {

    /** An organisation can have so many. */
    public static final int MAX_RULES = 500;

    private static final String SELECT =
            """
            SELECT id, org_id, name, kind, version, enabled, content, updated_at, updated_by
            FROM alert_rules WHERE org_id = ? AND deleted_at IS NULL ORDER BY id
            """;

    private static final String SELECT_VERSIONS =
            """
            SELECT rule_id AS id, org_id, name, kind, version, enabled, content, at AS updated_at, by AS updated_by
            FROM alert_rule_versions WHERE org_id = ? AND rule_id = ? ORDER BY version DESC LIMIT 200
            """;

    private static final String INSERT =
            """
            INSERT INTO alert_rules (org_id, name, kind, enabled, content, updated_at, updated_by)
            VALUES (?, ?, ?, ?, ?::jsonb, ?, ?)
            RETURNING id, version
            """;

    private static final String UPDATE =
            """
            UPDATE alert_rules
            SET name = ?, kind = ?, enabled = ?, content = ?::jsonb, updated_at = ?, updated_by = ?, version = version + 1
            WHERE org_id = ? AND id = ? AND deleted_at IS NULL
            RETURNING id, version
            """;

    private static final String DELETE =
            """
            UPDATE alert_rules SET deleted_at = ?, updated_at = ?, updated_by = ?
            WHERE org_id = ? AND id = ? AND deleted_at IS NULL
            RETURNING name
            """;

    private static final String INSERT_VERSION =
            """
            INSERT INTO alert_rule_versions (rule_id, version, org_id, name, kind, enabled, content, at, by)
            SELECT id, version, org_id, name, kind, enabled, content, updated_at, updated_by
            FROM alert_rules WHERE id = ?
            """;

    private static final String IS_TAKEN =
            """
            SELECT count(*) AS rules, bool_or(name = ? AND id <> ?) AS taken
            FROM alert_rules WHERE org_id = ? AND deleted_at IS NULL
            """;

    private static final String HAS_ANY =
            "SELECT EXISTS (SELECT FROM alert_rules WHERE org_id = ?)";

    private final DataSource writer;

    public RuleStore(DataSource writer) {
        this.writer = writer;
    }

    /** What a rule is to be. */
    public record Wish(String name, String kind, boolean enabled, String content) {}

    /** What became of a wish. */
    public enum Outcome {
        DONE,
        /** Another rule of the organisation has the name. */
        NAME_TAKEN,
        TOO_MANY,
        UNKNOWN
    }

    /**
     * @param id 0 unless it is done
     */
    public record Result(Outcome outcome, long id) {}

    public List<RuleRecord> list(UUID organisationId) {
        try (Connection connection = writer.getConnection()) {
            return select(connection, organisationId);
        } catch (SQLException e) {
            throw SqlFailure.of("reading rules", e);
        }
    }

    /** The newest 200 versions, newest first. */
    public List<RuleRecord> versions(UUID organisationId, long ruleId) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT_VERSIONS)) {
            select.setObject(1, organisationId);
            select.setLong(2, ruleId);
            return read(select);
        } catch (SQLException e) {
            throw SqlFailure.of("reading versions of a rule", e);
        }
    }

    public Result create(UUID organisationId, Wish wish, String by, Instant at) {
        return save(organisationId, 0, List.of(wish), by, at, "rule.create").getFirst();
    }

    public Result update(UUID organisationId, long ruleId, Wish wish, String by, Instant at) {
        return save(organisationId, ruleId, List.of(wish), by, at, "rule.update").getFirst();
    }

    /** Makes all of them, or changes those that have such a name; all or nothing. */
    public List<Result> importAll(UUID organisationId, List<Wish> wishes, String by, Instant at) {
        return save(organisationId, -1, wishes, by, at, "rule.import");
    }

    /** Makes these unless the organisation has, or had, a rule. */
    public void createDefaults(UUID organisationId, List<Wish> defaults, Instant at) {
        Transaction.run(
                writer,
                "making the first rules",
                connection -> {
                    long head = AlertHeads.lock(connection, organisationId);
                    if (!hasAny(connection, organisationId)) {
                        for (Wish wish : defaults) {
                            long id = insert(connection, organisationId, wish, "platform", at);
                            version(connection, id);
                        }
                        changed(connection, organisationId, head, null, at, "defaults");
                    }
                    return true;
                });
    }

    /** Returns whether there was such a rule. */
    public boolean delete(UUID organisationId, long ruleId, String by, Instant at) {
        return Transaction.run(
                writer,
                "deleting a rule",
                connection -> {
                    long head = AlertHeads.lock(connection, organisationId);
                    Optional<String> name = delete(connection, organisationId, ruleId, at, by);
                    if (name.isPresent()) {
                        changed(connection, organisationId, head, by, at, name.get());
                        audit(
                                connection,
                                organisationId,
                                at,
                                by,
                                "rule.delete",
                                ruleId,
                                name.get());
                    }
                    return name.isPresent();
                });
    }

    static List<RuleRecord> select(Connection connection, UUID organisationId) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setObject(1, organisationId);
            return read(select);
        }
    }

    /** Rule 0 is a new one, rule -1 whichever has the name. */
    private List<Result> save(
            UUID organisationId,
            long ruleId,
            List<Wish> wishes,
            String by,
            Instant at,
            String action) {
        return Transaction.run(
                writer,
                "saving a rule",
                connection -> {
                    long head = AlertHeads.lock(connection, organisationId);
                    List<Result> results = new ArrayList<>();
                    for (Wish wish : wishes) {
                        long target =
                                ruleId < 0 ? idOf(connection, organisationId, wish.name()) : ruleId;
                        Result result = save(connection, organisationId, target, wish, by, at);
                        if (result.outcome() != Outcome.DONE) {
                            connection.rollback();
                            return List.of(result);
                        }
                        results.add(result);
                    }
                    changed(connection, organisationId, head, by, at, wishes.getFirst().name());
                    long first = results.getFirst().id();
                    audit(connection, organisationId, at, by, action, first, names(wishes));
                    return results;
                });
    }

    private static Result save(
            Connection connection,
            UUID organisationId,
            long ruleId,
            Wish wish,
            String by,
            Instant at)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(IS_TAKEN)) {
            select.setString(1, wish.name());
            select.setLong(2, ruleId);
            select.setObject(3, organisationId);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                if (row.getBoolean("taken")) {
                    return new Result(Outcome.NAME_TAKEN, 0);
                }
                if (ruleId == 0 && row.getInt("rules") >= MAX_RULES) {
                    return new Result(Outcome.TOO_MANY, 0);
                }
            }
        }
        long id =
                ruleId == 0
                        ? insert(connection, organisationId, wish, by, at)
                        : update(connection, organisationId, ruleId, wish, by, at);
        if (id == 0) {
            return new Result(Outcome.UNKNOWN, 0);
        }
        version(connection, id);
        return new Result(Outcome.DONE, id);
    }

    private static long idOf(Connection connection, UUID organisationId, String name)
            throws SQLException {
        return select(connection, organisationId).stream()
                .filter(rule -> rule.name().equals(name))
                .mapToLong(RuleRecord::id)
                .findFirst()
                .orElse(0);
    }

    private static long insert(
            Connection connection, UUID organisationId, Wish wish, String by, Instant at)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setObject(1, organisationId);
            insert.setString(2, wish.name());
            insert.setString(3, wish.kind());
            insert.setBoolean(4, wish.enabled());
            insert.setString(5, wish.content());
            insert.setObject(6, Columns.utc(at));
            insert.setString(7, by);
            return id(insert);
        }
    }

    private static long update(
            Connection connection, UUID organisationId, long id, Wish wish, String by, Instant at)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
            update.setString(1, wish.name());
            update.setString(2, wish.kind());
            update.setBoolean(3, wish.enabled());
            update.setString(4, wish.content());
            update.setObject(5, Columns.utc(at));
            update.setString(6, by);
            update.setObject(7, organisationId);
            update.setLong(8, id);
            return id(update);
        }
    }

    private static long id(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong("id") : 0;
        }
    }

    private static Optional<String> delete(
            Connection connection, UUID organisationId, long id, Instant at, String by)
            throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
            delete.setObject(1, Columns.utc(at));
            delete.setObject(2, Columns.utc(at));
            delete.setString(3, by);
            delete.setObject(4, organisationId);
            delete.setLong(5, id);
            try (ResultSet row = delete.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    private static void version(Connection connection, long id) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_VERSION)) {
            insert.setLong(1, id);
            insert.executeUpdate();
        }
    }

    private static boolean hasAny(Connection connection, UUID organisationId) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(HAS_ANY)) {
            select.setObject(1, organisationId);
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private static void changed(
            Connection connection,
            UUID organisationId,
            long head,
            @org.jspecify.annotations.Nullable String by,
            Instant at,
            String note)
            throws SQLException {
        AlertHeads.append(
                connection,
                organisationId,
                head,
                List.of(new AlertEvent(null, at, AlertEvent.Change.RULES_CHANGED, by, note)));
    }

    private static void audit(
            Connection connection,
            UUID organisationId,
            Instant at,
            String by,
            String action,
            long id,
            String name)
            throws SQLException {
        AuditLog.append(
                connection,
                AuditEntry.of(
                        organisationId, at, by, action, Long.toString(id), Map.of("name", name)));
    }

    private static String names(List<Wish> wishes) {
        return String.join(", ", wishes.stream().map(Wish::name).toList());
    }

    private static List<RuleRecord> read(PreparedStatement select) throws SQLException {
        List<RuleRecord> rules = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                rules.add(
                        new RuleRecord(
                                row.getLong("id"),
                                row.getObject("org_id", UUID.class),
                                row.getString("name"),
                                row.getString("kind"),
                                row.getInt("version"),
                                row.getBoolean("enabled"),
                                row.getString("content"),
                                Objects.requireNonNull(Columns.instant(row, "updated_at")),
                                row.getString("updated_by")));
            }
        }
        return List.copyOf(rules);
    }
}
