package dev.wolverine.web.http;

import io.vertx.core.MultiMap;

/**
 * The headers that every answer carries.
 *
 * <p>{@code connect-src 'self'} covers the WebSocket too: today's browsers match {@code ws:} and
 * {@code wss:} of the own host with it.
 */
final class SecurityHeaders {

    private static final String CONTENT_SECURITY_POLICY =
            String.join(
                    "; ",
                    "default-src 'none'",
                    "script-src 'self'",
                    "style-src 'self'",
                    "img-src 'self' data:",
                    "font-src 'self'",
                    "connect-src 'self'",
                    "base-uri 'none'",
                    "form-action 'self'",
                    "frame-ancestors 'none'",
                    "require-trusted-types-for 'script'");

    private SecurityHeaders() {}

    static void apply(MultiMap headers) {
        headers.set("Content-Security-Policy", CONTENT_SECURITY_POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
    }

    /**
     * For answers that travel over TLS: over plain HTTP browsers must ignore it (RFC 6797, 7.2).
     */
    static void applyStrictTransport(MultiMap headers) {
        headers.set("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    }
}
