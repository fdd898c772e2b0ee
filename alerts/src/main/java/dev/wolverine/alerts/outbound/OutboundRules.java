package dev.wolverine.alerts.outbound;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Where requests may go: to public addresses by https at the usual ports, and, in what way they
 * like, to networks that the operator has opened.
 *
 * <p>Thread-safe.
 */
public final class OutboundRules {

    private static final Set<Integer> PORTS = Set.of(443, 8443);

    /** What RFC 6890 and its like say is not on the public internet, or leads somewhere else. */
    private static final List<Network> SPECIAL =
            networks(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.31.196.0/24",
                    "192.52.193.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "192.175.48.0/24",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/4",
                    "240.0.0.0/4",
                    "2001::/23",
                    "2001:db8::/32",
                    "2002::/16",
                    "2620:4f:8000::/48",
                    "3fff::/20");

    /** All of IPv6 that is given out: what is outside is mapped, translated, local or multicast. */
    private static final Network GLOBAL_IPV6 = Network.parse("2000::/3");

    private final List<Network> open;

    /**
     * @param open networks of the operator's, where http and any port is allowed too
     */
    public OutboundRules(Collection<Network> open) {
        this.open = List.copyOf(open);
    }

    /** Whether an address of this scheme and port may be one of the operator's networks alone. */
    boolean needsOpenNetwork(boolean https, int port) {
        return !https || !PORTS.contains(port);
    }

    boolean anyNetworkOpen() {
        return !open.isEmpty();
    }

    /** Whether a connection may be made. */
    boolean allows(InetAddress address, boolean onlyOpen) {
        if (open.stream().anyMatch(network -> network.contains(address))) {
            return true;
        }
        return !onlyOpen && isPublic(address) && !isOurs(address);
    }

    static boolean isPublic(InetAddress address) {
        if (address instanceof Inet6Address && !GLOBAL_IPV6.contains(address)) {
            return false;
        }
        return SPECIAL.stream().noneMatch(network -> network.contains(address));
    }

    /** Whether this machine itself has the address: what listens on it is ours. */
    private static boolean isOurs(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return true;
        }
    }

    private static List<Network> networks(String... texts) {
        return List.of(texts).stream().map(Network::parse).toList();
    }
}
