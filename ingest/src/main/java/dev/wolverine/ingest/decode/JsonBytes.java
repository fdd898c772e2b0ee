package dev.wolverine.ingest.decode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Mends the bytes of a body before its JSON is read: what is no character becomes U+FFFD. */
final class JsonBytes {

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final byte[] REPLACEMENT = "fffd".getBytes(StandardCharsets.US_ASCII);

    /** A backslash, `u` and four digits. */
    private static final int ESCAPE = 6;

    private JsonBytes() {}

    /**
     * Strict UTF-8; the same array if it already was. The parser would let overlong forms and
     * surrogates through, and give up a body for a byte that it does not know.
     */
    static byte[] utf8(byte[] body) {
        if (isAscii(body)) {
            return body;
        }
        byte[] mended = new String(body, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
        return Arrays.equals(body, mended) ? body : mended;
    }

    /**
     * With U+FFFD for each surrogate that is escaped alone, which the parser refuses in keys; the
     * same array if there is none.
     */
    static byte[] wholeCharacters(byte[] body) {
        byte[] mended = body;
        int next = 0;
        while (next < body.length) {
            if (body[next] != '\\') {
                next++;
                continue;
            }
            int unit = escapedUnit(body, next);
            if (unit < 0) {
                next += 2;
            } else if (isHigh(unit) && isLow(escapedUnit(body, next + ESCAPE))) {
                next += 2 * ESCAPE;
            } else {
                if (isHigh(unit) || isLow(unit)) {
                    mended = mended == body ? body.clone() : mended;
                    System.arraycopy(REPLACEMENT, 0, mended, next + 2, REPLACEMENT.length);
                }
                next += ESCAPE;
            }
        }
        return mended;
    }

    private static boolean isAscii(byte[] body) {
        int i = 0;
        for (; i + Long.BYTES <= body.length; i += Long.BYTES) {
            if (((long) LONGS.get(body, i) & HIGH_BITS) != 0) {
                return false;
            }
        }
        for (; i < body.length; i++) {
            if (body[i] < 0) {
                return false;
            }
        }
        return true;
    }

    /** The UTF-16 unit that is escaped here, or -1. */
    private static int escapedUnit(byte[] body, int at) {
        if (at + ESCAPE > body.length || body[at] != '\\' || body[at + 1] != 'u') {
            return -1;
        }
        int unit = 0;
        for (int i = at + 2; i < at + ESCAPE; i++) {
            int digit = Character.digit(body[i], 16);
            if (digit < 0) {
                return -1;
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }

    private static boolean isHigh(int unit) {
        return unit >= 0 && Character.isHighSurrogate((char) unit);
    }

    private static boolean isLow(int unit) {
        return unit >= 0 && Character.isLowSurrogate((char) unit);
    }
}
