package dev.wolverine.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Counts one hour of some servers from their stored beats; leaves rows alone that are right. */
final class UpsertUptimeHour {

    private static final Duration HOUR = Duration.ofHours(1);

    private static final String UPSERT =
            """
            INSERT INTO uptime_hourly AS stored
                (hour, server_id, beats, first_beat_ms, alive_ms, late_ms, serving_ms, alive_blind_ms)
            SELECT ?, server_id, beats, date_part('epoch', first_beat - ?) * 1000,
                   alive_ms, late_ms, serving_ms, alive_blind_ms
            FROM uptime_slice(?, ?, ?, ?)
            ORDER BY server_id
            ON CONFLICT (server_id, hour) DO UPDATE SET
                beats = excluded.beats, first_beat_ms = excluded.first_beat_ms, alive_ms = excluded.alive_ms,
                late_ms = excluded.late_ms, serving_ms = excluded.serving_ms, alive_blind_ms = excluded.alive_blind_ms
            WHERE (stored.beats, stored.first_beat_ms, stored.alive_ms,
                   stored.late_ms, stored.serving_ms, stored.alive_blind_ms)
                IS DISTINCT FROM (excluded.beats, excluded.first_beat_ms, excluded.alive_ms,
                   excluded.late_ms, excluded.serving_ms, excluded.alive_blind_ms)
            """;

    private UpsertUptimeHour() {}

    /** Returns how many rows were not there, or not right. */
    static int execute(Connection connection, Instant hour, List<Integer> servers, Instant asOf)
            throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
            upsert.setTimestamp(1, Timestamp.from(hour));
            upsert.setTimestamp(2, Timestamp.from(hour));
            upsert.setArray(3, connection.createArrayOf("integer", servers.toArray()));
            upsert.setTimestamp(4, Timestamp.from(hour));
            upsert.setTimestamp(5, Timestamp.from(hour.plus(HOUR)));
            upsert.setTimestamp(6, Timestamp.from(asOf));
            return upsert.executeUpdate();
        }
    }
}
