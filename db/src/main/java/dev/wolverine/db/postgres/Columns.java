package dev.wolverine.db.postgres;

import dev.wolverine.db.model.Heartbeat;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Reads and writes columns whose type the driver does not know as ours. */
final class Columns {

    private Columns() {}

    /** Null stands for {@link Heartbeat#ABSENT}. */
    static int int4(ResultSet row, String column) throws SQLException {
        int value = row.getInt(column);
        return row.wasNull() ? Heartbeat.ABSENT : value;
    }

    /** Null stands for {@link Heartbeat#ABSENT}. */
    static long int8(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? Heartbeat.ABSENT : value;
    }

    /** A time as the driver takes it. */
    static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }
}
