package dev.wolverine.web.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Map;

/**
 * The headers that every answer carries, as bytes already: they are most of a heartbeat's answer.
 *
 * <p>{@code connect-src 'self'} covers the WebSocket too: today's browsers match {@code ws:} and
 * {@code wss:} of the own host with it.
 */
public final class SecurityHeaders {

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

    private static final List<Map.Entry<CharSequence, CharSequence>> ALL =
            List.of(
                    Map.entry(CONTENT_SECURITY_POLICY, POLICY),
                    Map.entry(CONTENT_TYPE_OPTIONS, NO_SNIFF),
                    Map.entry(REFERRER_POLICY, NO_REFERRER),
                    Map.entry(OPENER_POLICY, SAME_ORIGIN),
                    Map.entry(RESOURCE_POLICY, SAME_ORIGIN));
    private static final CharSequence STRICT_TRANSPORT =
            HttpHeaders.createOptimized("Strict-Transport-Security");
    private static final CharSequence ONE_YEAR =
            HttpHeaders.createOptimized("max-age=31536000; includeSubDomains");

    private SecurityHeaders() {}

    static void apply(MultiMap headers) {
        ALL.forEach(header -> headers.set(header.getKey(), header.getValue()));
    }

    /**
     * The same as lines of HTTP/1.1.
     *
     * @param strictTransport whether the answer travels over TLS
     */
    public static String text(boolean strictTransport) {
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<CharSequence, CharSequence> header : ALL) {
            lines.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        }
        if (strictTransport) {
            lines.append(STRICT_TRANSPORT).append(": ").append(ONE_YEAR).append("\r\n");
        }
        return lines.toString();
    }

    /**
     * For answers that travel over TLS: over plain HTTP browsers must ignore it (RFC 6797, 7.2).
     */
    static void applyStrictTransport(MultiMap headers) {
        headers.set(STRICT_TRANSPORT, ONE_YEAR);
    }
}
