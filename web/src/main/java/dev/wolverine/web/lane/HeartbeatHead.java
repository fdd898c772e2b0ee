package dev.wolverine.web.lane;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The head of a heartbeat as clients write it: the plainest form of an HTTP/1.1 request (RFC 9112).
 * Whatever is not exactly that, is another: nothing is repaired, guessed or left to interpretation
 * here, so that no two readers can disagree about where a request ends.
 *
 * @param length of the head in bytes, with the empty line
 * @param contentLength of the body in bytes
 * @param bearer what stands behind `Bearer `
 * @param instanceHeader `X-Instance-Id`; null if it was not sent
 * @param last whether the client asks to close the connection afterwards
 */
record HeartbeatHead(
        int length,
        int contentLength,
        String bearer,
        @Nullable String instanceHeader,
        boolean last) {

    /** Beyond it, a head is another. */
    static final int MAX_BYTES = 8 * 1024;

    private static final byte[] LINE = ascii("POST /api/v1/heartbeat HTTP/1.1\r\n");

    /** Clients whose address ends with a slash. */
    private static final byte[] LINE_OF_TWO_SLASHES = ascii("POST //api/v1/heartbeat HTTP/1.1\r\n");

    private static final String BEARER = "bearer ";
    private static final int MAX_LENGTH_DIGITS = 8;

    /** They say nothing that changes how the request is read, or by whom. */
    private static final Set<String> WITHOUT_MEANING =
            Set.of(
                    "accept",
                    "accept-encoding",
                    "accept-language",
                    "cache-control",
                    "content-type",
                    "forwarded",
                    "pragma",
                    "sec-fetch-mode",
                    "traceparent",
                    "tracestate",
                    "user-agent",
                    "via",
                    "x-forwarded-for",
                    "x-forwarded-host",
                    "x-forwarded-port",
                    "x-forwarded-proto",
                    "x-real-ip",
                    "x-request-id");

    /** What was found at the reader's place. */
    sealed interface Reading {
        /** All of it may still be a heartbeat's head. */
        record Incomplete() implements Reading {}

        /** Another request, or one that is put another way. */
        record Another() implements Reading {}

        record Complete(HeartbeatHead head) implements Reading {}
    }

    private static final Reading INCOMPLETE = new Reading.Incomplete();
    private static final Reading ANOTHER = new Reading.Another();

    /** Reads the head at the reader's place, and leaves the buffer as it is. */
    static Reading read(ByteBuf bytes) {
        Reading asLine = line(bytes, LINE);
        if (asLine == null) {
            return headers(bytes, LINE.length);
        }
        Reading asOther = line(bytes, LINE_OF_TWO_SLASHES);
        if (asOther == null) {
            return headers(bytes, LINE_OF_TWO_SLASHES.length);
        }
        return asLine == INCOMPLETE || asOther == INCOMPLETE ? INCOMPLETE : ANOTHER;
    }

    /** Null if the line stands there. */
    private static @Nullable Reading line(ByteBuf bytes, byte[] line) {
        int start = bytes.readerIndex();
        int there = Math.min(bytes.readableBytes(), line.length);
        for (int i = 0; i < there; i++) {
            if (bytes.getByte(start + i) != line[i]) {
                return ANOTHER;
            }
        }
        return there < line.length ? INCOMPLETE : null;
    }

    private static Reading headers(ByteBuf bytes, int lineLength) {
        Fields fields = new Fields();
        int at = bytes.readerIndex() + lineLength;
        int end = Math.min(bytes.writerIndex(), bytes.readerIndex() + MAX_BYTES);
        Reading whenOver = end < bytes.writerIndex() ? ANOTHER : INCOMPLETE;
        while (at < end) {
            int first = bytes.getByte(at);
            if (first == '\r') {
                if (at + 1 == end) {
                    return whenOver;
                }
                return bytes.getByte(at + 1) == '\n'
                        ? fields.head(at + 2 - bytes.readerIndex())
                        : ANOTHER;
            }
            int nameStart = at;
            while (at < end && isNamePart(bytes.getByte(at))) {
                at++;
            }
            if (at == end) {
                return whenOver;
            }
            if (at == nameStart || bytes.getByte(at) != ':') {
                return ANOTHER;
            }
            int nameEnd = at++;
            int valueStart = at;
            while (at < end && isValuePart(bytes.getByte(at))) {
                at++;
            }
            if (at + 1 >= end) {
                return at < end && bytes.getByte(at) != '\r' ? ANOTHER : whenOver;
            }
            if (bytes.getByte(at) != '\r' || bytes.getByte(at + 1) != '\n') {
                return ANOTHER;
            }
            String name = text(bytes, nameStart, nameEnd).toLowerCase(Locale.ROOT);
            if (!fields.take(name, bytes, valueStart, at)) {
                return ANOTHER;
            }
            at += 2;
        }
        return whenOver;
    }

    /** Letters, digits and the hyphen: other names are lawful, and nobody's here. */
    private static boolean isNamePart(byte c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || isDigit(c);
    }

    private static boolean isValuePart(byte c) {
        return (c >= ' ' && c < 0x7f) || c == '\t';
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static String text(ByteBuf bytes, int start, int end) {
        return bytes.toString(start, end - start, StandardCharsets.US_ASCII);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** What has been read so far; each may come once. */
    private static final class Fields {
        private int contentLength = -1;
        private @Nullable String bearer;
        private @Nullable String instance;
        private boolean host;
        private boolean connection;
        private boolean last;

        /** Whether the field is one that is understood here. */
        boolean take(String name, ByteBuf bytes, int start, int end) {
            return switch (name) {
                case "host" -> !host && (host = true);
                case "content-length" ->
                        contentLength < 0 && (contentLength = length(bytes, start, end)) >= 0;
                case "authorization" ->
                        bearer == null && (bearer = bearer(bytes, start, end)) != null;
                case "x-instance-id" ->
                        instance == null && (instance = text(bytes, start, end).strip()) != null;
                case "connection" -> !connection && takeConnection(text(bytes, start, end).strip());
                default -> WITHOUT_MEANING.contains(name);
            };
        }

        private boolean takeConnection(String value) {
            connection = true;
            last = value.equalsIgnoreCase("close");
            return last || value.equalsIgnoreCase("keep-alive");
        }

        private static int length(ByteBuf bytes, int start, int end) {
            String digits = text(bytes, start, end).strip();
            return !digits.isEmpty()
                            && digits.length() <= MAX_LENGTH_DIGITS
                            && digits.chars().allMatch(HeartbeatHead::isDigit)
                    ? Integer.parseInt(digits)
                    : -1;
        }

        private static @Nullable String bearer(ByteBuf bytes, int start, int end) {
            String value = text(bytes, start, end).strip();
            return value.regionMatches(true, 0, BEARER, 0, BEARER.length())
                    ? value.substring(BEARER.length()).strip()
                    : null;
        }

        Reading head(int length) {
            return host && contentLength >= 0 && bearer != null
                    ? new Reading.Complete(
                            new HeartbeatHead(length, contentLength, bearer, instance, last))
                    : ANOTHER;
        }
    }
}
