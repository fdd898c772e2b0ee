package dev.wolverine.web.http;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The proxies whose word on who asks is believed, by address. Without any, nobody's is.
 *
 * <p>Each proxy appends its peer to `X-Forwarded-For`: the last entry that is not itself a trusted
 * proxy is who asks. What stands before it, anybody could have written.
 */
public final class TrustedProxies {

    private static final String KEY = TrustedProxies.class.getName();

    /** Longer ones are not read: the peer is who asks. */
    private static final int MAX_HEADER = 1024;

    private final List<IpSubnetFilterRule> ranges;

    /**
     * @param ranges addresses or ranges, as `10.0.0.7`, `10.0.0.0/8` or `fd00::/8`
     * @throws IllegalArgumentException if one is none
     */
    public TrustedProxies(Collection<String> ranges) {
        this.ranges = ranges.stream().map(TrustedProxies::range).toList();
    }

    /** Where the request of an operation comes from: an address without zone, or empty. */
    public static String caller(RoutingContext context) {
        return of(context).callerOf(context.request());
    }

    private static TrustedProxies of(RoutingContext context) {
        return Objects.requireNonNull(context.<TrustedProxies>get(KEY));
    }

    /** Whether a proxy that nobody named passed the request on: then nobody knows who asks. */
    public static boolean hidesCaller(RoutingContext context) {
        HttpServerRequest request = context.request();
        return LocalPeer.isForwarded(request)
                && !of(context).includes(withoutZone(request.remoteAddress().hostAddress()));
    }

    void mark(RoutingContext context) {
        context.put(KEY, this);
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    private String callerOf(HttpServerRequest request) {
        return callerOf(
                withoutZone(request.remoteAddress().hostAddress()),
                String.join(",", request.headers().getAll("X-Forwarded-For")));
    }

    String callerOf(String peer, String forwarded) {
        if (!includes(peer) || forwarded.length() > MAX_HEADER) {
            return peer;
        }
        String caller = peer;
        String[] hops = forwarded.split(",", -1);
        for (int i = hops.length - 1; i >= 0 && includes(caller); i--) {
            String hop = hops[i].strip();
            if (NetUtil.createByteArrayFromIpAddressString(hop) == null) {
                return caller;
            }
            caller = hop;
        }
        return caller;
    }

    /**
     * Whether an address may speak to us in the clear: anybody where no proxy is named, else those
     * and this machine.
     */
    public boolean mayPass(String address) {
        return ranges.isEmpty() || LocalPeer.isLoopback(address) || includes(address);
    }

    /** Whether an address is one of them. */
    public boolean includes(String address) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        if (bytes == null) {
            return false;
        }
        try {
            InetSocketAddress socket = new InetSocketAddress(InetAddress.getByAddress(bytes), 0);
            return ranges.stream().anyMatch(range -> range.matches(socket));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 4 or 16 bytes", e);
        }
    }

    private static String withoutZone(@Nullable String address) {
        if (address == null) {
            return "";
        }
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }

    private static IpSubnetFilterRule range(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        try {
            if (bytes != null) {
                int bits =
                        slash < 0 ? bytes.length * 8 : Integer.parseInt(text.substring(slash + 1));
                return new IpSubnetFilterRule(address, bits, IpFilterRuleType.ACCEPT);
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new IllegalArgumentException(
                "http.trusted-proxies: "
                        + text
                        + " (expected: addresses or ranges, as 10.0.0.7 or 10.0.0.0/8)");
    }
}
