package dev.wolverine.web.http;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Where HTTP is served, and its bounds.
 *
 * @param host address to listen on
 * @param port 0 to 65535; 0 is any free one
 * @param identity to speak TLS with; empty: plain HTTP
 * @param proxies that stand in front and end TLS
 * @param tlsAtProxy whether a proxy in front ends TLS
 * @param requestDeadline from the first byte of a request to its last
 * @param idleTimeout without a byte in either direction
 * @param maxConnections more are closed as they come
 */
public record HttpSettings(
        String host,
        int port,
        Optional<X509ExtendedKeyManager> identity,
        TrustedProxies proxies,
        boolean tlsAtProxy,
        Duration requestDeadline,
        Duration idleTimeout,
        int maxConnections) {

    public static final int MAX_HEADER_BYTES = 8 * 1024;
    public static final int MAX_INITIAL_LINE_BYTES = 4 * 1024;
    public static final int MAX_FRAME_BYTES = 64 * 1024;

    public HttpSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("http.port: " + port + " (expected: 0 to 65535)");
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException(
                    "http.max-connections: " + maxConnections + " (expected: at least 1)");
        }
    }

    /** Plain HTTP with the usual bounds: 10 s for a request, 30 s idle, 20,000 connections. */
    public static HttpSettings of(String host, int port, boolean tlsAtProxy) {
        return new HttpSettings(
                host,
                port,
                Optional.empty(),
                new TrustedProxies(List.of()),
                tlsAtProxy,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                20_000);
    }

    /** The same with TLS here, or at the proxies. */
    public HttpSettings with(
            Optional<X509ExtendedKeyManager> newIdentity, TrustedProxies newProxies) {
        return new HttpSettings(
                host,
                port,
                newIdentity,
                newProxies,
                !newProxies.isEmpty(),
                requestDeadline,
                idleTimeout,
                maxConnections);
    }

    /** Whether what is answered travels over TLS: then cookies are for TLS alone. */
    public boolean isSecure() {
        return tlsAtProxy || identity.isPresent();
    }
}
