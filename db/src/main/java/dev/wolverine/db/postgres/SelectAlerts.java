package dev.wolverine.db.postgres;

import dev.wolverine.db.alert.AlertEvent;
import dev.wolverine.db.alert.AlertRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Alerts of one organisation, as people look at them. Blocking; thread-safe. */
public final class SelectAlerts {

    private static final int MOST_EVENTS = 1_000;

    private static final String COLUMNS =
            """
            SELECT alerts.*, servers.instance_id, alert_rules.name AS rule_name,
                   other.kind || ': ' || other.summary AS because, silences.reason AS silence_reason
            """;

    private static final String TABLES =
            """
            FROM alerts
            JOIN alert_rules ON alert_rules.id = alerts.rule_id
            LEFT JOIN servers ON servers.id = alerts.server_id
            LEFT JOIN alerts AS other ON other.id = alerts.inhibited_by
            LEFT JOIN silences ON silences.id = alerts.silenced_by
            """;

    private static final String WANTED =
            """
            WHERE alerts.org_id = ?
              AND (?::text IS NULL AND alerts.state <> 'resolved' OR alerts.state = ?::text)
              AND (?::integer IS NULL OR alerts.severity = ?::integer)
              AND (?::boolean IS NULL OR (alerts.acknowledged_by IS NOT NULL) = ?::boolean)
              AND (?::text IS NULL OR servers.instance_id = ?::text)
              AND (?::text IS NULL OR alerts.kind = ?::text)
              AND (?::uuid IS NULL OR alerts.group_id = ?::uuid)
            """;

    private static final String PAGE =
            COLUMNS
                    + TABLES
                    + WANTED
                    + """
                    ORDER BY alerts.state, alerts.severity DESC, alerts.pending_since DESC, alerts.id
                    LIMIT ? OFFSET ?
                    """;

    private static final String COUNT = "SELECT count(*) " + TABLES + WANTED;

    private static final String ONE =
            COLUMNS + TABLES + "WHERE alerts.org_id = ? AND alerts.id = ?";

    private static final String COUNTS =
            """
            SELECT severity, count(*) FILTER (WHERE state = 'pending') AS pending,
                   count(*) FILTER (WHERE state = 'firing') AS firing,
                   count(*) FILTER (WHERE state = 'firing' AND acknowledged_by IS NOT NULL) AS acknowledged
            FROM alerts WHERE org_id = ? AND state <> 'resolved' GROUP BY severity ORDER BY severity
            """;

    private static final String EVENTS =
            """
            SELECT alert_id, at, event, by, note FROM alert_events
            WHERE org_id = ? AND alert_id = ? ORDER BY seq DESC LIMIT
            """
                    + MOST_EVENTS;

    private final DataSource writer;

    public SelectAlerts(DataSource writer) {
        this.writer = writer;
    }

    /**
     * What is asked for; null: any.
     *
     * @param state null: open ones
     */
    public record Wanted(
            AlertRecord.@Nullable State state,
            @Nullable Integer severity,
            @Nullable Boolean acknowledged,
            @Nullable String instanceId,
            @Nullable String kind,
            @Nullable UUID groupId) {}

    /**
     * @param instanceId of its server; null if it is about none
     * @param inhibition what explains it, while something does
     * @param silence why it is silenced, while it is
     */
    public record Shown(
            AlertRecord alert,
            String rule,
            @Nullable String instanceId,
            @Nullable String inhibition,
            @Nullable String silence) {}

    /** A page, and how many there are in all. */
    public record Page(List<Shown> alerts, long total) {}

    /** Open alerts of one severity. */
    public record Counts(int severity, long pending, long firing, long acknowledged) {}

    public Page page(UUID organisationId, Wanted wanted, int offset, int limit) {
        return Transaction.run(
                writer,
                "reading alerts",
                connection -> {
                    List<Shown> shown;
                    try (PreparedStatement select = connection.prepareStatement(PAGE)) {
                        int next = set(select, organisationId, wanted);
                        select.setInt(next, limit);
                        select.setInt(next + 1, offset);
                        shown = read(select);
                    }
                    try (PreparedStatement select = connection.prepareStatement(COUNT)) {
                        set(select, organisationId, wanted);
                        try (ResultSet row = select.executeQuery()) {
                            row.next();
                            return new Page(shown, row.getLong(1));
                        }
                    }
                });
    }

    public Optional<Shown> find(UUID organisationId, UUID alertId) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(ONE)) {
            select.setObject(1, organisationId);
            select.setObject(2, alertId);
            return read(select).stream().findFirst();
        } catch (SQLException e) {
            throw SqlFailure.of("reading an alert", e);
        }
    }

    /** By severity; those that have none are left out. */
    public List<Counts> counts(UUID organisationId) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(COUNTS)) {
            select.setObject(1, organisationId);
            List<Counts> counts = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    counts.add(
                            new Counts(
                                    row.getInt("severity"),
                                    row.getLong("pending"),
                                    row.getLong("firing"),
                                    row.getLong("acknowledged")));
                }
            }
            return List.copyOf(counts);
        } catch (SQLException e) {
            throw SqlFailure.of("counting alerts", e);
        }
    }

    /** The newest thousand, newest first. */
    public List<AlertEvent> events(UUID organisationId, UUID alertId) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(EVENTS)) {
            select.setObject(1, organisationId);
            select.setObject(2, alertId);
            List<AlertEvent> events = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    events.add(
                            new AlertEvent(
                                    row.getObject("alert_id", UUID.class),
                                    Objects.requireNonNull(Columns.instant(row, "at")),
                                    AlertEvent.Change.valueOf(
                                            row.getString("event").toUpperCase(Locale.ROOT)),
                                    row.getString("by"),
                                    row.getString("note")));
                }
            }
            return List.copyOf(events);
        } catch (SQLException e) {
            throw SqlFailure.of("reading the history of an alert", e);
        }
    }

    private static int set(PreparedStatement select, UUID organisationId, Wanted wanted)
            throws SQLException {
        int at = 1;
        select.setObject(at++, organisationId);
        String state =
                wanted.state() == null ? null : wanted.state().name().toLowerCase(Locale.ROOT);
        for (Object value :
                new @Nullable Object[] {
                    state,
                    wanted.severity(),
                    wanted.acknowledged(),
                    wanted.instanceId(),
                    wanted.kind(),
                    wanted.groupId()
                }) {
            select.setObject(at++, value);
            select.setObject(at++, value);
        }
        return at;
    }

    private static List<Shown> read(PreparedStatement select) throws SQLException {
        List<Shown> shown = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                shown.add(
                        new Shown(
                                AlertRows.row(row),
                                row.getString("rule_name"),
                                row.getString("instance_id"),
                                row.getString("because"),
                                row.getString("silence_reason")));
            }
        }
        return List.copyOf(shown);
    }
}
