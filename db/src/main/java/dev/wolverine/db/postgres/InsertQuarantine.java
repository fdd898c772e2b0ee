package dev.wolverine.db.postgres;

import dev.wolverine.db.QuarantineLimit;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.QuarantinedBeat;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Keeps bodies that cannot be stored; the same body of the same instance and reason once. What an
 * organisation has is counted once a transaction.
 */
final class InsertQuarantine {

    private static final String INSERT =
            """
            INSERT INTO heartbeat_quarantine (org_id, instance_id, received_at, reason, detail, content_type, body_hash, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    private static final String SELECT_FILLED =
            """
            SELECT count(*), coalesce(sum(octet_length(body)), 0) FROM heartbeat_quarantine WHERE org_id = ?
            """;

    private final QuarantineLimit limit;

    InsertQuarantine(QuarantineLimit limit) {
        this.limit = limit;
    }

    /** Keeps these bodies as far as there is room; returns those that found none. */
    Set<QuarantinedBeat> execute(Connection connection, List<QuarantinedBeat> beats)
            throws SQLException {
        Set<QuarantinedBeat> notKept = Collections.newSetFromMap(new IdentityHashMap<>());
        Map<UUID, Room> rooms = new HashMap<>();
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (QuarantinedBeat beat : beats) {
                UUID organisation = beat.identity().organisationId();
                Room room = rooms.get(organisation);
                if (room == null) {
                    room = room(connection, organisation);
                    rooms.put(organisation, room);
                }
                if (room.rows <= 0 || room.bytes <= 0) {
                    notKept.add(beat);
                } else if (insert(insert, beat)) {
                    room.rows--;
                    room.bytes -= beat.body().length;
                }
            }
        }
        return notKept;
    }

    private Room room(Connection connection, UUID organisation) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_FILLED)) {
            select.setObject(1, organisation);
            try (ResultSet filled = select.executeQuery()) {
                filled.next();
                return new Room(
                        limit.maxRows() - filled.getLong(1), limit.maxBytes() - filled.getLong(2));
            }
        }
    }

    /** Whether the body was not there yet. */
    private static boolean insert(PreparedStatement insert, QuarantinedBeat beat)
            throws SQLException {
        insert.setObject(1, beat.identity().organisationId());
        insert.setString(2, beat.identity().instanceId());
        insert.setTimestamp(3, Timestamp.from(beat.receivedAt()));
        insert.setString(4, beat.reason().label());
        insert.setString(5, beat.detail());
        insert.setString(6, beat.contentType());
        insert.setBytes(7, sha256(beat.body()));
        insert.setBytes(8, beat.body());
        return insert.executeUpdate() == 1;
    }

    /** What an organisation may still fill. */
    private static final class Room {
        private long rows;
        private long bytes;

        Room(long rows, long bytes) {
            this.rows = rows;
            this.bytes = bytes;
        }
    }

    /** The beat that lost against another of the same instance and time, as what it said. */
    static QuarantinedBeat conflict(Heartbeat loser, byte[] snapshot) {
        String body =
                String.format(
                        java.util.Locale.ROOT,
                        "{\"timestamp\":%d,\"status\":\"%s\",\"pid\":%d,\"uptimeSeconds\":%d,\"memoryMb\":%d,\"peakMemoryMb\":%d,"
                                + "\"cpuCentiPercent\":%d,\"healthyRoutes\":%d,\"unhealthyRoutes\":%d,\"slowestRouteMicros\":%d,"
                                + "\"snapshot\":\"%s\"}",
                        loser.timestamp().toEpochMilli(),
                        loser.status().name(),
                        loser.pid(),
                        loser.uptimeSeconds(),
                        loser.memoryMb(),
                        loser.peakMemoryMb(),
                        loser.cpuCentiPercent(),
                        loser.healthyRoutes(),
                        loser.unhealthyRoutes(),
                        loser.slowestRouteMicros(),
                        Base64.getEncoder().encodeToString(snapshot));
        return new QuarantinedBeat(
                loser.identity(),
                loser.receivedAt(),
                QuarantineReason.CONFLICT,
                "another beat of this instance says something else at "
                        + loser.timestamp()
                        + ": two instances on one id, or a clock that was set back",
                "application/json; profile=decoded",
                body.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] sha256(byte[] body) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
