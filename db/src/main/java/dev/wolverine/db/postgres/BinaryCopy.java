package dev.wolverine.db.postgres;

import dev.wolverine.db.model.Heartbeat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Rows in PostgreSQL's binary COPY format: a signature, then for each row its number of fields and
 * each field with its length, big-endian (PostgreSQL documentation, COPY, "Binary Format"). Grows
 * as needed; reused from batch to batch.
 */
final class BinaryCopy {

    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    /** PostgreSQL counts time and days from here. */
    private static final long EPOCH_SECONDS_OF_2000 = 946_684_800L;

    private static final long EPOCH_DAY_OF_2000 = EPOCH_SECONDS_OF_2000 / 86_400;

    private static final int CHUNK_BYTES = 64 * 1024;

    private ByteBuffer buffer = ByteBuffer.allocate(CHUNK_BYTES);

    BinaryCopy() {
        clear();
    }

    /** Forgets all rows. */
    void clear() {
        buffer.clear();
        buffer.put(HEADER);
    }

    void row(int fields) {
        room(2);
        buffer.putShort((short) fields);
    }

    void int2(int value) {
        room(6);
        buffer.putInt(2).putShort((short) value);
    }

    void int4(int value) {
        room(8);
        buffer.putInt(4).putInt(value);
    }

    /** {@link Heartbeat#ABSENT} is null. */
    void int4OrNull(int value) {
        if (value == Heartbeat.ABSENT) {
            nothing();
        } else {
            int4(value);
        }
    }

    void int8(long value) {
        room(12);
        buffer.putInt(8).putLong(value);
    }

    void int8OrNull(@Nullable Long value) {
        if (value == null) {
            nothing();
        } else {
            int8(value);
        }
    }

    void timestamptz(Instant value) {
        int8(
                (value.getEpochSecond() - EPOCH_SECONDS_OF_2000) * 1_000_000
                        + value.getNano() / 1_000);
    }

    void date(LocalDate value) {
        date(value.toEpochDay());
    }

    /**
     * @param epochDay days since 1970
     */
    void date(long epochDay) {
        int4((int) (epochDay - EPOCH_DAY_OF_2000));
    }

    void uuid(UUID value) {
        room(20);
        buffer.putInt(16)
                .putLong(value.getMostSignificantBits())
                .putLong(value.getLeastSignificantBits());
    }

    void bytea(byte[] value) {
        room(4 + value.length);
        buffer.putInt(value.length).put(value);
    }

    void textOrNull(@Nullable String value) {
        if (value == null) {
            nothing();
        } else {
            bytea(value.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void nothing() {
        room(4);
        buffer.putInt(-1);
    }

    /**
     * Sends all rows to {@code COPY <target> FROM STDIN}; they stay here until {@link #clear()}.
     */
    void send(Connection connection, String target) throws SQLException {
        room(2);
        buffer.putShort((short) -1);
        CopyIn copy =
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn("COPY " + target + " FROM STDIN (FORMAT binary)");
        try {
            copy.writeToCopy(buffer.array(), 0, buffer.position());
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private void room(int bytes) {
        if (buffer.remaining() < bytes) {
            ByteBuffer larger =
                    ByteBuffer.allocate(Math.max(buffer.capacity() * 2, buffer.position() + bytes));
            buffer.flip();
            larger.put(buffer);
            buffer = larger;
        }
    }
}
