package dev.wolverine.db.postgres;

import dev.wolverine.db.alert.AlertRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Alerts as rows. */
final class AlertRows {

    static final String SELECT = "SELECT alerts.* FROM alerts ";

    private static final String UPSERT =
            """
            INSERT INTO alerts (
                id, org_id, rule_id, rule_version, kind, server_id, subject, tag, labels, fingerprint, state, severity, summary,
                evidence, pending_since, firing_since, last_true_at, resolved_at, pending_ran, last_true_ran, clear_ran,
                no_data_ran, resolved_ran, evaluations, evaluated, acknowledged_by, acknowledged_at, snoozed_until, silenced_by,
                inhibited_by, flapping, degraded, group_id, told)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET
                state = excluded.state, severity = excluded.severity, summary = excluded.summary, evidence = excluded.evidence,
                firing_since = excluded.firing_since, last_true_at = excluded.last_true_at, resolved_at = excluded.resolved_at,
                pending_ran = excluded.pending_ran, last_true_ran = excluded.last_true_ran, clear_ran = excluded.clear_ran,
                no_data_ran = excluded.no_data_ran, resolved_ran = excluded.resolved_ran, evaluations = excluded.evaluations,
                evaluated = excluded.evaluated, acknowledged_by = excluded.acknowledged_by,
                acknowledged_at = excluded.acknowledged_at, snoozed_until = excluded.snoozed_until,
                silenced_by = excluded.silenced_by, inhibited_by = excluded.inhibited_by, flapping = excluded.flapping,
                degraded = excluded.degraded, group_id = excluded.group_id, told = excluded.told
            """;

    private static final int BATCH = 1_000;

    private AlertRows() {}

    /** Those that resolve come first: their place may be taken by others of the same batch. */
    static void upsert(Connection connection, Collection<AlertRecord> alerts) throws SQLException {
        upsert(connection, alerts, false);
        upsert(connection, alerts, true);
    }

    private static void upsert(Connection connection, Collection<AlertRecord> alerts, boolean open)
            throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
            int added = 0;
            for (AlertRecord alert : alerts) {
                if (alert.isOpen() == open) {
                    set(upsert, alert);
                    upsert.addBatch();
                    if (++added % BATCH == 0) {
                        upsert.executeBatch();
                    }
                }
            }
            if (added % BATCH != 0) {
                upsert.executeBatch();
            }
        }
    }

    private static void set(PreparedStatement upsert, AlertRecord alert) throws SQLException {
        AlertRecord.Timing timing = alert.timing();
        AlertRecord.Marks marks = alert.marks();
        int at = 1;
        upsert.setObject(at++, alert.id());
        upsert.setObject(at++, alert.organisationId());
        upsert.setLong(at++, alert.ruleId());
        upsert.setInt(at++, alert.ruleVersion());
        upsert.setString(at++, alert.kind());
        upsert.setInt(at++, alert.subject().serverId());
        upsert.setString(at++, alert.subject().name());
        upsert.setString(at++, alert.subject().tag());
        upsert.setString(at++, AuditDetail.json(alert.subject().labels()));
        upsert.setBytes(at++, alert.fingerprint().hash());
        upsert.setString(at++, alert.state().name().toLowerCase(Locale.ROOT));
        upsert.setInt(at++, alert.severity());
        upsert.setString(at++, alert.summary());
        upsert.setString(at++, alert.evidence());
        time(upsert, at++, alert.pendingSince());
        time(upsert, at++, alert.firingSince());
        time(upsert, at++, alert.lastTrueAt());
        time(upsert, at++, alert.resolvedAt());
        upsert.setLong(at++, timing.pending());
        upsert.setLong(at++, timing.lastTrue());
        ran(upsert, at++, timing.clear());
        ran(upsert, at++, timing.noData());
        ran(upsert, at++, timing.resolved());
        upsert.setInt(at++, timing.evaluations());
        upsert.setInt(at++, timing.evaluated());
        upsert.setString(at++, marks.acknowledgedBy());
        time(upsert, at++, marks.acknowledgedAt());
        time(upsert, at++, marks.snoozedUntil());
        upsert.setObject(at++, marks.silencedBy());
        upsert.setObject(at++, marks.inhibitedBy());
        upsert.setBoolean(at++, marks.flapping());
        upsert.setBoolean(at++, marks.degraded());
        upsert.setObject(at++, alert.groupId());
        upsert.setInt(at, alert.told().ordinal());
    }

    static List<AlertRecord> read(PreparedStatement select) throws SQLException {
        List<AlertRecord> alerts = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                alerts.add(row(rows));
            }
        }
        return alerts;
    }

    static AlertRecord row(ResultSet row) throws SQLException {
        return new AlertRecord(
                row.getObject("id", UUID.class),
                row.getObject("org_id", UUID.class),
                row.getLong("rule_id"),
                row.getInt("rule_version"),
                row.getString("kind"),
                new AlertRecord.Subject(
                        row.getInt("server_id"),
                        row.getString("subject"),
                        row.getString("tag"),
                        AuditDetail.ofJson(row.getString("labels"))),
                AlertRecord.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getInt("severity"),
                row.getString("summary"),
                row.getString("evidence"),
                Objects.requireNonNull(Columns.instant(row, "pending_since")),
                Columns.instant(row, "firing_since"),
                Objects.requireNonNull(Columns.instant(row, "last_true_at")),
                Columns.instant(row, "resolved_at"),
                new AlertRecord.Timing(
                        row.getLong("pending_ran"),
                        row.getLong("last_true_ran"),
                        Columns.int8(row, "clear_ran"),
                        Columns.int8(row, "no_data_ran"),
                        Columns.int8(row, "resolved_ran"),
                        row.getInt("evaluations"),
                        row.getInt("evaluated")),
                new AlertRecord.Marks(
                        row.getString("acknowledged_by"),
                        Columns.instant(row, "acknowledged_at"),
                        Columns.instant(row, "snoozed_until"),
                        row.getObject("silenced_by", UUID.class),
                        row.getObject("inhibited_by", UUID.class),
                        row.getBoolean("flapping"),
                        row.getBoolean("degraded")),
                row.getObject("group_id", UUID.class),
                AlertRecord.Told.values()[row.getInt("told")]);
    }

    private static void time(PreparedStatement statement, int at, @Nullable Instant time)
            throws SQLException {
        if (time == null) {
            statement.setNull(at, Types.TIMESTAMP_WITH_TIMEZONE);
        } else {
            statement.setObject(at, Columns.utc(time));
        }
    }

    private static void ran(PreparedStatement statement, int at, long ran) throws SQLException {
        if (ran == AlertRecord.Timing.NEVER) {
            statement.setNull(at, Types.BIGINT);
        } else {
            statement.setLong(at, ran);
        }
    }
}
