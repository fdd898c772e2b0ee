package dev.wolverine.db.postgres;

import dev.wolverine.db.EnrolmentResult;
import dev.wolverine.db.EnrolmentResult.Reason;
import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.KeyRecord;
import dev.wolverine.db.model.PairingWindow;
import dev.wolverine.db.model.PendingEnrolment;
import dev.wolverine.db.model.Registration;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The pairing window, and the instances that wait in it. Blocking; thread-safe. Fails with {@link
 * dev.wolverine.db.StorageException}.
 *
 * <p>An instance that asks without a credential names no organisation: it goes to the one whose
 * window is open, and at most one is. Who was seen from one address gets the key at that address
 * alone.
 */
public final class PairingStore {

    static final int MAX_PENDING = 1_000;
    static final int MAX_PENDING_OF_ADDRESS = 100;

    /** The client asks once a minute. */
    static final Duration APPROVAL = Duration.ofMinutes(15);

    private static final String SELECT_OTHER_WINDOW =
            "SELECT EXISTS (SELECT FROM pairing_windows WHERE org_id <> ? AND closes_at > ?)";

    private static final String OPEN =
            """
            INSERT INTO pairing_windows (org_id, opened_at, opened_by, closes_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (org_id) DO UPDATE
            SET opened_at = excluded.opened_at, opened_by = excluded.opened_by, closes_at = excluded.closes_at
            """;

    private static final String CLOSE =
            "UPDATE pairing_windows SET closes_at = ? WHERE org_id = ? AND closes_at > ?";

    private static final String SELECT_WINDOW =
            "SELECT opened_at, opened_by, closes_at FROM pairing_windows WHERE org_id = ? AND closes_at > ?";

    /** One row for each organisation that knows of the asker, and for the one that listens. */
    private static final String SELECT_ASKER =
            """
            SELECT coalesce(entry.org_id, open.org_id) AS org_id, entry.id, entry.approved, entry.decided_by
            FROM (SELECT * FROM pending_enrolments WHERE instance_id = ? AND address = ?::inet) AS entry
            FULL JOIN (SELECT org_id FROM pairing_windows WHERE closes_at > ?) AS open ON open.org_id = entry.org_id
            ORDER BY (entry.approved IS TRUE) DESC, open.org_id IS NULL, entry.last_seen DESC
            """;

    private static final String COUNT_PENDING =
            """
            SELECT count(*) AS pending, count(*) FILTER (WHERE address = ?::inet) AS of_address
            FROM pending_enrolments WHERE org_id = ?
            """;

    private static final String INSERT_PENDING =
            """
            INSERT INTO pending_enrolments (org_id, instance_id, address, name, first_seen, last_seen)
            VALUES (?, ?, ?::inet, ?, ?, ?)
            ON CONFLICT (instance_id, address, org_id) DO NOTHING
            """;

    /** An approval that nobody came for in time has to be given again. */
    private static final String TOUCH_PENDING =
            """
            UPDATE pending_enrolments
            SET last_seen = ?, tries = tries + 1, approved = NULL, decided_at = NULL, decided_by = NULL
            WHERE id = ? AND approved IS DISTINCT FROM false
              AND (approved IS NULL OR decided_at <= ?)
            """;

    private static final String CLAIM =
            "DELETE FROM pending_enrolments WHERE id = ? AND approved AND decided_at > ?";

    private static final String SELECT_PENDING =
            """
            SELECT pending.id, pending.instance_id, pending.name, host(pending.address) AS address, pending.first_seen,
                   pending.last_seen, pending.tries, pending.approved, servers.first_seen AS known_since
            FROM pending_enrolments AS pending
            LEFT JOIN servers ON servers.org_id = pending.org_id AND servers.instance_id = pending.instance_id
            WHERE pending.org_id = ?
            ORDER BY pending.first_seen, pending.id
            LIMIT 1000
            """;

    private static final String DECIDE =
            """
            UPDATE pending_enrolments SET approved = ?, decided_at = ?, decided_by = ?
            WHERE org_id = ? AND id = ? AND approved IS NULL
            RETURNING instance_id, host(address) AS address
            """;

    private static final String DELETE_OLD =
            """
            DELETE FROM pending_enrolments
            WHERE CASE WHEN approved IS NULL THEN last_seen < now() - interval '1 hour'
                       ELSE decided_at < now() - interval '24 hours' END
            """;

    private final DataSource writer;

    public PairingStore(DataSource writer) {
        this.writer = writer;
    }

    /**
     * Opens the organisation's window, or sets another end for it.
     *
     * @return false if another organisation's is open
     */
    public boolean open(UUID organisationId, Instant now, Instant closesAt, String by) {
        return Transaction.run(
                writer,
                "opening a pairing window",
                connection -> {
                    EnrolmentLocks.pairing(connection);
                    if (isAnotherOpen(connection, organisationId, now)) {
                        return false;
                    }
                    try (PreparedStatement open = connection.prepareStatement(OPEN)) {
                        open.setObject(1, organisationId);
                        open.setTimestamp(2, Timestamp.from(now));
                        open.setString(3, by);
                        open.setTimestamp(4, Timestamp.from(closesAt));
                        open.executeUpdate();
                    }
                    audit(
                            connection,
                            organisationId,
                            now,
                            by,
                            "enrolment.window.open",
                            Map.of("closesAt", closesAt.toString()));
                    return true;
                });
    }

    /** Closes it; false if it was not open. Who waits goes on waiting. */
    public boolean close(UUID organisationId, Instant now, String by) {
        return Transaction.run(
                writer,
                "closing a pairing window",
                connection -> {
                    try (PreparedStatement close = connection.prepareStatement(CLOSE)) {
                        close.setTimestamp(1, Timestamp.from(now));
                        close.setObject(2, organisationId);
                        close.setTimestamp(3, Timestamp.from(now));
                        if (close.executeUpdate() == 0) {
                            return false;
                        }
                    }
                    audit(connection, organisationId, now, by, "enrolment.window.close", Map.of());
                    return true;
                });
    }

    /** The organisation's window, if it is open. */
    public Optional<PairingWindow> window(UUID organisationId, Instant now) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT_WINDOW)) {
            select.setObject(1, organisationId);
            select.setTimestamp(2, Timestamp.from(now));
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(
                                new PairingWindow(
                                        row.getTimestamp("opened_at").toInstant(),
                                        row.getString("opened_by"),
                                        row.getTimestamp("closes_at").toInstant()))
                        : Optional.empty();
            }
        } catch (SQLException e) {
            throw SqlFailure.of("looking for a pairing window", e);
        }
    }

    /** Who waits, longest first, decided ones included: at most 1,000. */
    public List<PendingEnrolment> pending(UUID organisationId) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT_PENDING)) {
            select.setObject(1, organisationId);
            List<PendingEnrolment> pending = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    pending.add(
                            new PendingEnrolment(
                                    row.getObject("id", UUID.class),
                                    row.getString("instance_id"),
                                    row.getString("name"),
                                    row.getString("address"),
                                    row.getTimestamp("first_seen").toInstant(),
                                    row.getTimestamp("last_seen").toInstant(),
                                    row.getLong("tries"),
                                    row.getObject("approved", Boolean.class),
                                    KeyRows.instant(row, "known_since")));
                }
            }
            return List.copyOf(pending);
        } catch (SQLException e) {
            throw SqlFailure.of("listing who waits for enrolment", e);
        }
    }

    /** Says yes or no, once; false if the organisation has nobody undecided with this id. */
    public boolean decide(
            UUID organisationId, UUID pendingId, boolean approved, Instant now, String by) {
        return Transaction.run(
                writer,
                "deciding about an enrolment",
                connection -> {
                    try (PreparedStatement decide = connection.prepareStatement(DECIDE)) {
                        decide.setBoolean(1, approved);
                        decide.setTimestamp(2, Timestamp.from(now));
                        decide.setString(3, by);
                        decide.setObject(4, organisationId);
                        decide.setObject(5, pendingId);
                        try (ResultSet row = decide.executeQuery()) {
                            if (!row.next()) {
                                return false;
                            }
                            AuditLog.append(
                                    connection,
                                    AuditEntry.of(
                                            organisationId,
                                            now,
                                            by,
                                            approved ? "enrolment.approve" : "enrolment.reject",
                                            row.getString("instance_id"),
                                            Map.of("address", row.getString("address"))));
                        }
                    }
                    return true;
                });
    }

    /**
     * Takes an instance that has no credential: its key if it was approved, once; else a place
     * among those who wait, while a window is open.
     *
     * @param fresh the key that the instance gets if all is well
     */
    public EnrolmentResult register(Registration registration, ApiKey fresh, Instant now) {
        return Transaction.run(
                writer,
                "registering an instance",
                connection -> {
                    for (Asker asker : askers(connection, registration, now)) {
                        Optional<EnrolmentResult> result =
                                answer(connection, asker, registration, fresh, now);
                        if (result.isPresent()) {
                            return result.get();
                        }
                    }
                    return new EnrolmentResult.Refused(Reason.CLOSED);
                });
    }

    /** Drops who has not asked for an hour, and what was decided a day ago. */
    public void deleteOld() {
        try (Connection connection = writer.getConnection();
                PreparedStatement delete = connection.prepareStatement(DELETE_OLD)) {
            delete.executeUpdate();
        } catch (SQLException e) {
            throw SqlFailure.of("deleting enrolments that nobody waits for", e);
        }
    }

    private static void audit(
            Connection connection,
            UUID organisationId,
            Instant now,
            String by,
            String action,
            Map<String, String> detail)
            throws SQLException {
        AuditLog.append(
                connection,
                AuditEntry.of(organisationId, now, by, action, organisationId.toString(), detail));
    }

    private static Optional<EnrolmentResult> answer(
            Connection connection,
            Asker asker,
            Registration registration,
            ApiKey fresh,
            Instant now)
            throws SQLException {
        if (asker.id == null) {
            return Optional.of(wait(connection, asker.organisationId, registration, now));
        }
        if (Boolean.FALSE.equals(asker.approved)) {
            return Optional.of(new EnrolmentResult.Refused(Reason.REJECTED));
        }
        if (Boolean.TRUE.equals(asker.approved) && claim(connection, asker.id, now)) {
            return Optional.of(
                    EnrolmentStore.issue(
                            connection,
                            asker.organisationId,
                            registration,
                            fresh,
                            KeyRecord.PAIRING,
                            String.valueOf(asker.decidedBy),
                            now));
        }
        return touch(connection, asker.id, now)
                ? Optional.of(new EnrolmentResult.Refused(Reason.PENDING_APPROVAL))
                : Optional.empty();
    }

    private static EnrolmentResult wait(
            Connection connection, UUID organisationId, Registration registration, Instant now)
            throws SQLException {
        EnrolmentLocks.pairing(connection);
        try (PreparedStatement count = connection.prepareStatement(COUNT_PENDING)) {
            count.setString(1, registration.address());
            count.setObject(2, organisationId);
            try (ResultSet row = count.executeQuery()) {
                row.next();
                if (row.getInt("pending") >= MAX_PENDING
                        || row.getInt("of_address") >= MAX_PENDING_OF_ADDRESS) {
                    return new EnrolmentResult.Refused(Reason.PENDING_FULL);
                }
            }
        }
        try (PreparedStatement insert = connection.prepareStatement(INSERT_PENDING)) {
            insert.setObject(1, organisationId);
            insert.setString(2, registration.instanceId());
            insert.setString(3, registration.address());
            insert.setString(4, registration.name());
            insert.setTimestamp(5, Timestamp.from(now));
            insert.setTimestamp(6, Timestamp.from(now));
            insert.executeUpdate();
        }
        return new EnrolmentResult.Refused(Reason.PENDING_APPROVAL);
    }

    private static boolean claim(Connection connection, UUID pendingId, Instant now)
            throws SQLException {
        try (PreparedStatement claim = connection.prepareStatement(CLAIM)) {
            claim.setObject(1, pendingId);
            claim.setTimestamp(2, Timestamp.from(now.minus(APPROVAL)));
            return claim.executeUpdate() == 1;
        }
    }

    private static boolean touch(Connection connection, UUID pendingId, Instant now)
            throws SQLException {
        try (PreparedStatement touch = connection.prepareStatement(TOUCH_PENDING)) {
            touch.setTimestamp(1, Timestamp.from(now));
            touch.setObject(2, pendingId);
            touch.setTimestamp(3, Timestamp.from(now.minus(APPROVAL)));
            return touch.executeUpdate() == 1;
        }
    }

    private static boolean isAnotherOpen(Connection connection, UUID organisationId, Instant now)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_OTHER_WINDOW)) {
            select.setObject(1, organisationId);
            select.setTimestamp(2, Timestamp.from(now));
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private static List<Asker> askers(Connection connection, Registration registration, Instant now)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_ASKER)) {
            select.setString(1, registration.instanceId());
            select.setString(2, registration.address());
            select.setTimestamp(3, Timestamp.from(now));
            List<Asker> askers = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    askers.add(
                            new Asker(
                                    row.getObject("org_id", UUID.class),
                                    row.getObject("id", UUID.class),
                                    row.getObject("approved", Boolean.class),
                                    row.getString("decided_by")));
                }
            }
            return askers;
        }
    }

    /**
     * Where an asker stands with an organisation.
     *
     * @param id of the entry; null: the organisation listens, and has none
     */
    private record Asker(
            UUID organisationId,
            @Nullable UUID id,
            @Nullable Boolean approved,
            @Nullable String decidedBy) {}
}
