package dev.wolverine.web.live;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketFrame;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Puts text messages together from frames, strictly: only text, only UTF-8, and no longer than the
 * bound. For one socket, on its event loop.
 */
final class TextMessages {

    private Buffer parts = Buffer.buffer();

    /**
     * The message that the frame completes; empty while more is to come.
     *
     * @param maxBytes of the whole message
     */
    Optional<String> accept(WebSocketFrame frame, int maxBytes) throws Refused {
        if (frame.isBinary()) {
            throw new Refused(CloseCode.UNSUPPORTED, "text only");
        }
        if (!frame.isText() && !frame.isContinuation()) {
            return Optional.empty();
        }
        return accept(frame.binaryData(), frame.isFinal(), maxBytes);
    }

    Optional<String> accept(Buffer data, boolean last, int maxBytes) throws Refused {
        if (parts.length() + data.length() > maxBytes) {
            throw new Refused(
                    CloseCode.TOO_LARGE, "message too large (expected: at most " + maxBytes + ")");
        }
        parts.appendBuffer(data);
        if (!last) {
            return Optional.empty();
        }
        byte[] message = parts.getBytes();
        parts = Buffer.buffer();
        try {
            return Optional.of(
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(message))
                            .toString());
        } catch (CharacterCodingException e) {
            throw new Refused(CloseCode.NOT_UTF_8, "not UTF-8");
        }
    }

    /** The socket must be closed with this code. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        private final CloseCode code;

        Refused(CloseCode code, String reason) {
            super(reason, null, false, false);
            this.code = code;
        }

        CloseCode code() {
            return code;
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }
}
