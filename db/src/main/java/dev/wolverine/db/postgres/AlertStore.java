package dev.wolverine.db.postgres;

import dev.wolverine.db.alert.AlertBatch;
import dev.wolverine.db.alert.AlertEvent;
import dev.wolverine.db.alert.AlertGroup;
import dev.wolverine.db.alert.AlertRecord;
import dev.wolverine.db.alert.OrganisationAlerts;
import dev.wolverine.db.alert.OutboxEntry;
import dev.wolverine.db.model.AuditEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Alerts as judging needs them: read by organisation, and written as one batch with everything that
 * follows from it. Blocking; thread-safe. Fails with {@link dev.wolverine.db.StorageException}.
 *
 * <p>Nobody overwrites what another has done: a batch is refused as a whole if judging went on
 * elsewhere, or if somebody touched an organisation of it meanwhile.
 */
public final class AlertStore {

    /** Resolved alerts of so long ago may still flap. */
    public static final Duration REMEMBERED = Duration.ofMinutes(30);

    private static final String INSERT_PROGRESS =
            """
            INSERT INTO alert_progress (commits_cursor, ran, judged_at)
            VALUES (?::text::xid8, 0, ?)
            ON CONFLICT DO NOTHING
            """;

    private static final String SELECT_PROGRESS =
            "SELECT commits_cursor::text AS cursor, ran, judged_at FROM alert_progress";

    private static final String UPDATE_PROGRESS =
            """
            UPDATE alert_progress SET commits_cursor = ?::text::xid8, ran = ?, judged_at = ?
            WHERE commits_cursor = ?::text::xid8 AND ran = ?
            """;

    private static final String SELECT_HEADS =
            """
            SELECT organisations.id, coalesce(alert_heads.seq, 0) AS seq
            FROM organisations LEFT JOIN alert_heads ON alert_heads.org_id = organisations.id
            """;

    private static final String OF_ORGANISATION =
            AlertRows.SELECT
                    + """
                    WHERE org_id = ? AND (state <> 'resolved' OR group_id IS NOT NULL AND told <> 3
                                          OR resolved_ran > (SELECT ran FROM alert_progress) - ?)
                    ORDER BY pending_since, id
                    """;

    private static final String SELECT_GROUPS =
            "SELECT * FROM alert_groups WHERE org_id = ? AND NOT closed";

    private static final String DELETE_CLEARED =
            "DELETE FROM alerts WHERE id = ANY (?::uuid[]) AND state = 'pending'";

    private static final String UPSERT_GROUP =
            """
            INSERT INTO alert_groups (id, org_id, rule_id, tag, version, severity, opened_at, opened_ran, sent_ran, closed)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, severity = excluded.severity,
                sent_ran = excluded.sent_ran, closed = excluded.closed
            """;

    private static final String INSERT_OUTBOX =
            """
            INSERT INTO outbox (org_id, channel_id, group_id, version, event_id, payload)
            SELECT org_id, id, ?, ?, ?, ?::jsonb
            FROM channels WHERE org_id = ? AND enabled AND min_severity <= ?
            ON CONFLICT (group_id, channel_id, version) DO NOTHING
            """;

    private static final String SELECT_ONE = AlertRows.SELECT + "WHERE org_id = ? AND id = ?";

    private final DataSource writer;

    public AlertStore(DataSource writer) {
        this.writer = writer;
    }

    /** How far judging is; the first time, it begins behind this cursor. */
    public AlertBatch.Progress progress(long cursor, Instant now) {
        return Transaction.run(
                writer,
                "reading how far judging is",
                connection -> {
                    try (PreparedStatement insert = connection.prepareStatement(INSERT_PROGRESS)) {
                        insert.setString(1, Long.toUnsignedString(cursor));
                        insert.setObject(2, Columns.utc(now));
                        insert.executeUpdate();
                    }
                    try (PreparedStatement select = connection.prepareStatement(SELECT_PROGRESS);
                            ResultSet row = select.executeQuery()) {
                        row.next();
                        return new AlertBatch.Progress(
                                Long.parseUnsignedLong(row.getString("cursor")),
                                row.getLong("ran"),
                                Objects.requireNonNull(Columns.instant(row, "judged_at")));
                    }
                });
    }

    /** Of every organisation, its newest event; 0 if it has none. */
    public Map<UUID, Long> heads() {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT_HEADS);
                ResultSet rows = select.executeQuery()) {
            Map<UUID, Long> heads = new HashMap<>();
            while (rows.next()) {
                heads.put(rows.getObject(1, UUID.class), rows.getLong(2));
            }
            return heads;
        } catch (SQLException e) {
            throw SqlFailure.of("reading the newest alert events", e);
        }
    }

    /** All of an organisation that judging needs, as of one moment. */
    public OrganisationAlerts load(UUID organisationId, Instant now) {
        return Transaction.run(
                writer,
                "reading alerts",
                connection -> {
                    long head = AlertHeads.lock(connection, organisationId);
                    List<AlertRecord> alerts;
                    try (PreparedStatement select = connection.prepareStatement(OF_ORGANISATION)) {
                        select.setObject(1, organisationId);
                        select.setLong(2, REMEMBERED.toMillis());
                        alerts = AlertRows.read(select);
                    }
                    return new OrganisationAlerts(
                            head,
                            RuleStore.select(connection, organisationId),
                            alerts,
                            groups(connection, organisationId),
                            SilenceStore.select(connection, organisationId, now));
                });
    }

    /**
     * Stores a batch, all or nothing; returns whether it did. If not, somebody else judged or
     * changed something: what was known has to be read again.
     */
    public boolean write(AlertBatch batch) {
        return Transaction.run(
                writer,
                "storing alerts",
                connection -> {
                    if (!move(connection, batch)) {
                        return false;
                    }
                    for (AlertBatch.OfOrganisation one : batch.organisations()) {
                        if (AlertHeads.lock(connection, one.organisationId()) != one.head()) {
                            connection.rollback();
                            return false;
                        }
                        write(connection, one);
                    }
                    UpsertDetectorStates.execute(connection, batch.detectorStates());
                    return true;
                });
    }

    /**
     * Changes one alert by hand, with its record in the audit log; empty if there is no such alert
     * in the organisation, or if the change says that there is nothing to do.
     */
    public Optional<AlertRecord> change(UUID organisationId, UUID alertId, Change change) {
        return Transaction.run(
                writer,
                "changing an alert",
                connection -> {
                    long head = AlertHeads.lock(connection, organisationId);
                    long ran = ran(connection);
                    Optional<ByHand> made =
                            find(connection, organisationId, alertId)
                                    .flatMap(alert -> change.of(alert, ran));
                    if (made.isPresent()) {
                        AlertRows.upsert(connection, List.of(made.get().after()));
                        AlertHeads.append(connection, organisationId, head, made.get().events());
                        AuditLog.append(connection, made.get().audit());
                    }
                    return made.map(ByHand::after);
                });
    }

    /** Says what is to become of an alert; empty: nothing. */
    @FunctionalInterface
    public interface Change {
        /**
         * @param ran milliseconds that were judged, ever
         */
        Optional<ByHand> of(AlertRecord alert, long ran);
    }

    /** What somebody did to an alert. */
    public record ByHand(AlertRecord after, List<AlertEvent> events, AuditEntry audit) {
        public ByHand {
            events = List.copyOf(events);
        }
    }

    private static long ran(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_PROGRESS);
                ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong("ran") : 0;
        }
    }

    private static boolean move(Connection connection, AlertBatch batch) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(UPDATE_PROGRESS)) {
            update.setString(1, Long.toUnsignedString(batch.after().cursor()));
            update.setLong(2, batch.after().ran());
            update.setObject(3, Columns.utc(batch.after().judgedAt()));
            update.setString(4, Long.toUnsignedString(batch.before().cursor()));
            update.setLong(5, batch.before().ran());
            return update.executeUpdate() == 1;
        }
    }

    private static void write(Connection connection, AlertBatch.OfOrganisation one)
            throws SQLException {
        if (!one.cleared().isEmpty()) {
            try (PreparedStatement delete = connection.prepareStatement(DELETE_CLEARED)) {
                delete.setArray(1, connection.createArrayOf("uuid", one.cleared().toArray()));
                delete.executeUpdate();
            }
        }
        AlertRows.upsert(connection, one.alerts());
        groups(connection, one);
        outbox(connection, one);
        AlertHeads.append(connection, one.organisationId(), one.head(), one.events());
    }

    private static void groups(Connection connection, AlertBatch.OfOrganisation one)
            throws SQLException {
        // Those that close first: their place may be taken by others of the same batch.
        for (boolean closed : new boolean[] {true, false}) {
            try (PreparedStatement upsert = connection.prepareStatement(UPSERT_GROUP)) {
                for (AlertGroup group : one.groups()) {
                    if (group.closed() == closed) {
                        upsert.setObject(1, group.id());
                        upsert.setObject(2, group.organisationId());
                        upsert.setLong(3, group.ruleId());
                        upsert.setString(4, group.tag());
                        upsert.setInt(5, group.version());
                        upsert.setInt(6, group.severity());
                        upsert.setObject(7, Columns.utc(group.openedAt()));
                        upsert.setLong(8, group.openedRan());
                        upsert.setLong(9, group.sentRan());
                        upsert.setBoolean(10, group.closed());
                        upsert.addBatch();
                    }
                }
                upsert.executeBatch();
            }
        }
    }

    private static void outbox(Connection connection, AlertBatch.OfOrganisation one)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_OUTBOX)) {
            for (OutboxEntry entry : one.outbox()) {
                insert.setObject(1, entry.groupId());
                insert.setInt(2, entry.version());
                insert.setObject(3, entry.eventId());
                insert.setString(4, entry.payload());
                insert.setObject(5, one.organisationId());
                insert.setInt(6, entry.severity());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static Optional<AlertRecord> find(
            Connection connection, UUID organisationId, UUID alertId) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_ONE)) {
            select.setObject(1, organisationId);
            select.setObject(2, alertId);
            return AlertRows.read(select).stream().findFirst();
        }
    }

    private static List<AlertGroup> groups(Connection connection, UUID organisationId)
            throws SQLException {
        List<AlertGroup> groups = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT_GROUPS)) {
            select.setObject(1, organisationId);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    groups.add(
                            new AlertGroup(
                                    row.getObject("id", UUID.class),
                                    organisationId,
                                    row.getLong("rule_id"),
                                    row.getString("tag"),
                                    row.getInt("version"),
                                    row.getInt("severity"),
                                    Objects.requireNonNull(Columns.instant(row, "opened_at")),
                                    row.getLong("opened_ran"),
                                    row.getLong("sent_ran"),
                                    row.getBoolean("closed")));
                }
            }
        }
        return groups;
    }
}
