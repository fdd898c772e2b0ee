package dev.wolverine.db.postgres;

import dev.wolverine.db.model.Heartbeat;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads columns in which null stands for {@link Heartbeat#ABSENT}. */
final class Columns {

    private Columns() {}

    static int int4(ResultSet row, String column) throws SQLException {
        int value = row.getInt(column);
        return row.wasNull() ? Heartbeat.ABSENT : value;
    }

    static long int8(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? Heartbeat.ABSENT : value;
    }
}
