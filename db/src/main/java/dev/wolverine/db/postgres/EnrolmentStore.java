package dev.wolverine.db.postgres;

import dev.wolverine.db.EnrolmentResult;
import dev.wolverine.db.EnrolmentResult.Reason;
import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.EnrolmentToken;
import dev.wolverine.db.model.KeyChange;
import dev.wolverine.db.model.KeyRecord;
import dev.wolverine.db.model.Registration;
import dev.wolverine.db.model.Role;
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
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Gives instances keys of their own by the token of an enrolment URL. Blocking; thread-safe. Fails
 * with {@link dev.wolverine.db.StorageException}.
 *
 * <p>A registration always makes a new key: what others hold is not known here, only its hash. The
 * keys that the instance has stay good, because its client never asks for another one while it
 * runs: several containers may share an id without knowing. Only the ones that nobody uses make
 * room.
 */
public final class EnrolmentStore {

    /** So many live keys of one instance stay although nobody uses them. */
    static final int GENERATIONS = 3;

    /** So many runners under one id are a collision that needs a person. */
    static final int MOST_GENERATIONS = 16;

    /** A key that was used, or made, within this time is in use: clients beat once a minute. */
    static final Duration IN_USE = Duration.ofMinutes(5);

    private static final int LEAST_KEYS_AN_HOUR = 100;

    private static final String INSERT_TOKEN =
            "INSERT INTO enrolment_tokens (key_id, org_id, max_instances) VALUES (?, ?, ?)";

    private static final String SELECT_TOKENS =
            """
            SELECT keys.*, tokens.max_instances,
                   (SELECT count(DISTINCT instance_id) FROM keys AS given
                    WHERE given.enrolled_by = keys.id AND given.revoked_at IS NULL) AS instances
            FROM keys JOIN enrolment_tokens AS tokens ON tokens.key_id = keys.id
            WHERE keys.org_id = ?
            ORDER BY keys.created_at DESC, keys.id
            """;

    /** The row is locked until the key is there, so that the counts hold. */
    private static final String USE_TOKEN =
            """
            UPDATE keys SET last_used_at = now()
            WHERE id = ? AND kind = 'e' AND secret_hash = ? AND revoked_at IS NULL
              AND (expires_at IS NULL OR expires_at > ?)
            RETURNING org_id
            """;

    private static final String SELECT_COUNTS =
            """
            SELECT (SELECT max_instances FROM enrolment_tokens WHERE key_id = ?) AS max_instances,
                   count(DISTINCT instance_id) FILTER (WHERE revoked_at IS NULL AND instance_id <> ?) AS others,
                   count(*) FILTER (WHERE created_at > now() - interval '1 hour') AS lately
            FROM keys WHERE enrolled_by = ?
            """;

    private static final String SELECT_GENERATIONS =
            """
            SELECT id, greatest(created_at, last_used_at) AS used
            FROM keys
            WHERE org_id = ? AND instance_id = ? AND kind = 'i' AND enrolled_by IS NOT NULL
              AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)
            ORDER BY used, id
            """;

    private final DataSource writer;

    public EnrolmentStore(DataSource writer) {
        this.writer = writer;
    }

    /** Keeps a new token. */
    public void insertToken(KeyRecord token, int maxInstances) {
        Transaction.run(
                writer,
                "storing an enrolment token",
                connection -> {
                    KeyRows.insert(connection, token);
                    try (PreparedStatement insert = connection.prepareStatement(INSERT_TOKEN)) {
                        insert.setString(1, token.id());
                        insert.setObject(2, token.organisationId());
                        insert.setInt(3, maxInstances);
                        insert.executeUpdate();
                    }
                    AuditLog.append(
                            connection,
                            AuditEntry.of(
                                    token.organisationId(),
                                    token.createdAt(),
                                    token.createdBy(),
                                    "enrolment.token",
                                    token.id(),
                                    Map.of(
                                            "name",
                                            token.name(),
                                            "lastFour",
                                            token.lastFour(),
                                            "maxInstances",
                                            Integer.toString(maxInstances),
                                            "expiresAt",
                                            String.valueOf(token.expiresAt()))));
                    return token;
                });
    }

    /** All of an organisation, newest first, ended ones included. */
    public List<EnrolmentToken> tokens(UUID organisationId) {
        try (Connection connection = writer.getConnection();
                PreparedStatement select = connection.prepareStatement(SELECT_TOKENS)) {
            select.setObject(1, organisationId);
            List<EnrolmentToken> tokens = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    tokens.add(
                            new EnrolmentToken(
                                    KeyRows.key(row),
                                    row.getInt("max_instances"),
                                    row.getInt("instances")));
                }
            }
            return List.copyOf(tokens);
        } catch (SQLException e) {
            throw SqlFailure.of("listing enrolment tokens", e);
        }
    }

    /**
     * Registers an instance by a token.
     *
     * @param fresh the key that the instance gets if all is well
     */
    public EnrolmentResult enrol(
            ApiKey token, Registration registration, ApiKey fresh, Instant now) {
        return Transaction.run(
                writer,
                "enrolling an instance",
                connection -> {
                    Optional<UUID> organisation = use(connection, token, now);
                    if (organisation.isEmpty()) {
                        return new EnrolmentResult.Refused(Reason.BAD_TOKEN);
                    }
                    Optional<Reason> limit = limit(connection, token.id(), registration);
                    if (limit.isPresent()) {
                        return new EnrolmentResult.Refused(limit.get());
                    }
                    return issue(
                            connection,
                            organisation.get(),
                            registration,
                            fresh,
                            token.id(),
                            "key:" + token.id(),
                            now);
                });
    }

    /** Makes an instance's next key, inside of a transaction. */
    static EnrolmentResult issue(
            Connection connection,
            UUID organisationId,
            Registration registration,
            ApiKey fresh,
            String enrolledBy,
            String by,
            Instant now)
            throws SQLException {
        String instanceId = registration.instanceId();
        EnrolmentLocks.instance(connection, organisationId, instanceId);
        List<Generation> live = generations(connection, organisationId, instanceId, now);
        List<Generation> idle =
                live.stream().filter(key -> key.used.isBefore(now.minus(IN_USE))).toList();
        if (live.size() - idle.size() >= MOST_GENERATIONS) {
            return new EnrolmentResult.Refused(Reason.COLLISION);
        }
        List<KeyChange> ended = new ArrayList<>();
        int tooMany = live.size() + 1 - GENERATIONS;
        for (Generation key : idle.subList(0, Math.clamp(tooMany, 0, idle.size()))) {
            KeyStore.revoke(connection, organisationId, key.id);
            ended.add(KeyChange.ended(organisationId, key.id));
        }
        KeyRecord record = record(organisationId, registration, fresh, enrolledBy, by, now);
        KeyRows.insert(connection, record);
        AuditLog.append(connection, entry(record, registration, !live.isEmpty(), ended));
        return new EnrolmentResult.Issued(record, !live.isEmpty(), List.copyOf(ended));
    }

    private static AuditEntry entry(
            KeyRecord key, Registration registration, boolean again, List<KeyChange> ended) {
        Map<String, String> detail = new TreeMap<>();
        detail.put("instanceId", registration.instanceId());
        detail.put("address", registration.address());
        detail.put("lastFour", key.lastFour());
        if (!ended.isEmpty()) {
            detail.put(
                    "ended", ended.stream().map(KeyChange::keyId).collect(Collectors.joining(" ")));
        }
        return AuditEntry.of(
                key.organisationId(),
                key.createdAt(),
                key.createdBy(),
                again ? "enrolment.again" : "enrolment.key",
                key.id(),
                detail);
    }

    private static KeyRecord record(
            UUID organisationId,
            Registration registration,
            ApiKey fresh,
            String enrolledBy,
            String by,
            Instant now) {
        String name = registration.name();
        return new KeyRecord(
                fresh.id(),
                organisationId,
                fresh.kind(),
                Role.INGEST,
                name == null || name.isEmpty() ? registration.instanceId() : name,
                registration.instanceId(),
                fresh.secretHash(),
                fresh.lastFour(),
                now,
                by,
                null,
                null,
                null,
                null,
                enrolledBy);
    }

    private static Optional<UUID> use(Connection connection, ApiKey token, Instant now)
            throws SQLException {
        try (PreparedStatement use = connection.prepareStatement(USE_TOKEN)) {
            use.setString(1, token.id());
            use.setBytes(2, token.secretHash());
            use.setTimestamp(3, Timestamp.from(now));
            try (ResultSet row = use.executeQuery()) {
                return row.next()
                        ? Optional.of(row.getObject("org_id", UUID.class))
                        : Optional.empty();
            }
        }
    }

    private static Optional<Reason> limit(
            Connection connection, String tokenId, Registration registration) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_COUNTS)) {
            select.setString(1, tokenId);
            select.setString(2, registration.instanceId());
            select.setString(3, tokenId);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                int maxInstances = row.getInt("max_instances");
                if (row.getInt("others") >= maxInstances) {
                    return Optional.of(Reason.INSTANCE_LIMIT);
                }
                return row.getInt("lately") >= Math.max(LEAST_KEYS_AN_HOUR, maxInstances)
                        ? Optional.of(Reason.TOO_FAST)
                        : Optional.empty();
            }
        }
    }

    private static List<Generation> generations(
            Connection connection, UUID organisationId, String instanceId, Instant now)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_GENERATIONS)) {
            select.setObject(1, organisationId);
            select.setString(2, instanceId);
            select.setTimestamp(3, Timestamp.from(now));
            List<Generation> generations = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    generations.add(
                            new Generation(
                                    row.getString("id"), row.getTimestamp("used").toInstant()));
                }
            }
            return generations;
        }
    }

    private record Generation(String id, Instant used) {}
}
