package dev.wolverine.web.live;

import java.util.Locale;

/** Why a socket is closed by us: the code on the wire, and the tag of the metric. */
enum CloseCode {
    UNSUPPORTED(1003),
    NOT_UTF_8(1007),
    NOT_AUTHENTICATED(1008),
    TOO_LARGE(1009),
    SERVER_ERROR(1011),
    RESTART(1012),
    NO_PONG(4408),
    TOO_MUCH(4429);

    private final short code;

    CloseCode(int code) {
        this.code = (short) code;
    }

    short code() {
        return code;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
