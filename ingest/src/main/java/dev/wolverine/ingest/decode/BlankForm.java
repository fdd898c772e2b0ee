package dev.wolverine.ingest.decode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** How a number is written into a blank of a {@link BeatTemplate}. */
enum BlankForm {
    /** Digits, and perhaps a fraction: without sign and exponent, which no client sends here. */
    JSON_NUMBER {
        @Override
        int end(byte[] body, int at, int limit, int learned) {
            int i = digits(body, at, limit);
            if (i == at || body[at] == '0' && i > at + 1) {
                return NONE;
            }
            if (i < limit && body[i] == '.') {
                int fraction = i + 1;
                i = digits(body, fraction, limit);
                if (i == fraction) {
                    return NONE;
                }
            }
            return i - at <= MAX_DIGITS ? i : NONE;
        }

        @Override
        double value(byte[] body, int at, int end) {
            long whole = 0;
            int fraction = 0;
            boolean pointSeen = false;
            for (int i = at; i < end; i++) {
                if (body[i] == '.') {
                    pointSeen = true;
                } else {
                    whole = whole * 10 + (body[i] - '0');
                    fraction += pointSeen ? 1 : 0;
                }
            }
            // Both exact, so that one division rounds as the definition does (Clinger's fast path).
            return end - at <= EXACT_DIGITS
                    ? whole / POWERS_OF_TEN[fraction]
                    : Double.parseDouble(
                            new String(body, at, end - at, StandardCharsets.ISO_8859_1));
        }
    },

    /** A varint of a field of 32 bits. */
    VARINT_32 {
        @Override
        int end(byte[] body, int at, int limit, int learned) {
            return endOfVarint(body, at, limit, learned);
        }

        @Override
        double value(byte[] body, int at, int end) {
            return (int) varint(body, at, end);
        }
    },

    /** A varint of a field of 64 bits. */
    VARINT_64 {
        @Override
        int end(byte[] body, int at, int limit, int learned) {
            return endOfVarint(body, at, limit, learned);
        }

        @Override
        double value(byte[] body, int at, int end) {
            return varint(body, at, end);
        }
    },

    /** Eight bytes. */
    DOUBLE {
        @Override
        int end(byte[] body, int at, int limit, int learned) {
            return at + Double.BYTES <= limit ? at + Double.BYTES : NONE;
        }

        @Override
        double value(byte[] body, int at, int end) {
            return (double) DOUBLES.get(body, at);
        }
    };

    static final int NONE = -1;

    private static final VarHandle DOUBLES =
            MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

    /** Ten bytes are of negative numbers, or not as short as they could be. */
    private static final int MAX_VARINT = 9;

    private static final int MAX_DIGITS = 25;

    /** With a point or without: below 2^53, and the power of ten is a double. */
    private static final int EXACT_DIGITS = 15;

    private static final double[] POWERS_OF_TEN = {
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
    };

    /**
     * Where the number ends that begins here, or {@link #NONE} if none does in this form.
     *
     * @param learned how many bytes it had in the body that the template was made from: in
     *     protobuf, where lengths are written before what they are the length of, it has as many
     */
    abstract int end(byte[] body, int at, int limit, int learned);

    /** The number between the two. */
    abstract double value(byte[] body, int at, int end);

    private static int digits(byte[] body, int at, int limit) {
        int i = at;
        while (i < limit && body[i] >= '0' && body[i] <= '9') {
            i++;
        }
        return i;
    }

    private static int endOfVarint(byte[] body, int at, int limit, int length) {
        int end = at + length;
        if (length > MAX_VARINT || end > limit || body[end - 1] < 0) {
            return NONE;
        }
        for (int i = at; i < end - 1; i++) {
            if (body[i] >= 0) {
                return NONE;
            }
        }
        return end;
    }

    private static long varint(byte[] body, int at, int end) {
        long value = 0;
        for (int i = at, shift = 0; i < end; i++, shift += 7) {
            value |= (long) (body[i] & 0x7F) << shift;
        }
        return value;
    }
}
