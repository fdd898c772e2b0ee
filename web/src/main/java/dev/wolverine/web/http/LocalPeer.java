package dev.wolverine.web.http;

import io.netty.util.NetUtil;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request was made on this machine by a person or a script.
 *
 * <p>The peer's address alone does not say so: a proxy on this machine makes every caller a local
 * one, and a page whose name was made to point to 127.0.0.1 makes the local browser its messenger.
 * So nothing may have forwarded the request, and it must have been addressed to a loopback name.
 */
public final class LocalPeer {

    private static final String[] FORWARDING_HEADERS = {
        "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"
    };

    private LocalPeer() {}

    /** Whether somebody says to have passed the request on: then the peer is not who asks. */
    static boolean isForwarded(HttpServerRequest request) {
        for (String header : FORWARDING_HEADERS) {
            if (request.headers().contains(header)) {
                return true;
            }
        }
        return false;
    }

    static boolean isLocal(HttpServerRequest request) {
        return !isForwarded(request)
                && isLoopback(request.remoteAddress().hostAddress())
                && isLoopbackHost(request.getHeader(HttpHeaders.HOST));
    }

    static boolean isLoopbackHost(@Nullable String host) {
        if (host == null) {
            return false;
        }
        String name = withoutPort(host).toLowerCase(Locale.ROOT);
        return name.equals("localhost") || isLoopback(name);
    }

    private static String withoutPort(String host) {
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            return end < 0 ? "" : host.substring(1, end);
        }
        int colon = host.lastIndexOf(':');
        return colon < 0 ? host : host.substring(0, colon);
    }

    /** Reads literal addresses only: a name is never looked up. */
    static boolean isLoopback(@Nullable String address) {
        return address != null && parse(address).map(InetAddress::isLoopbackAddress).orElse(false);
    }

    private static Optional<InetAddress> parse(String address) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        if (bytes == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 4 or 16 bytes", e);
        }
    }
}
