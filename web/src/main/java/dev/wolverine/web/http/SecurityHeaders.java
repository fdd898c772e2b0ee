package dev.wolverine.web.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;

/**
 * The headers that every answer carries, as bytes already: they are most of a heartbeat's answer.
 *
 * <p>{@code connect-src 'self'} covers the WebSocket too: today's browsers match {@code ws:} and
 * {@code wss:} of the own host with it.
 */
final class SecurityHeaders {

    private static final CharSequence CONTENT_SECURITY_POLICY =
            HttpHeaders.createOptimized("Content-Security-Policy");
    private static final CharSequence CONTENT_TYPE_OPTIONS =
            HttpHeaders.createOptimized("X-Content-Type-Options");
    private static final CharSequence NO_SNIFF = HttpHeaders.createOptimized("nosniff");
    private static final CharSequence REFERRER_POLICY =
            HttpHeaders.createOptimized("Referrer-Policy");
    private static final CharSequence NO_REFERRER = HttpHeaders.createOptimized("no-referrer");
    private static final CharSequence OPENER_POLICY =
            HttpHeaders.createOptimized("Cross-Origin-Opener-Policy");
    private static final CharSequence RESOURCE_POLICY =
            HttpHeaders.createOptimized("Cross-Origin-Resource-Policy");
    private static final CharSequence SAME_ORIGIN = HttpHeaders.createOptimized("same-origin");

    private static final CharSequence POLICY =
            HttpHeaders.createOptimized(
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
                            "require-trusted-types-for 'script'"));

    private SecurityHeaders() {}

    static void apply(MultiMap headers) {
        headers.set(CONTENT_SECURITY_POLICY, POLICY);
        headers.set(CONTENT_TYPE_OPTIONS, NO_SNIFF);
        headers.set(REFERRER_POLICY, NO_REFERRER);
        headers.set(OPENER_POLICY, SAME_ORIGIN);
        headers.set(RESOURCE_POLICY, SAME_ORIGIN);
    }

    /**
     * For answers that travel over TLS: over plain HTTP browsers must ignore it (RFC 6797, 7.2).
     */
    static void applyStrictTransport(MultiMap headers) {
        headers.set("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    }
}
