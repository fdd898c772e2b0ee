package dev.wolverine.web.cli;

import dev.wolverine.web.app.StartupException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Whether the addresses that the platform is to listen on are to be had. */
final class ListeningPorts {

    private ListeningPorts() {}

    /**
     * Looks before anything is started.
     *
     * @throws StartupException if somebody listens there, or this machine has no such address
     */
    static void requireFree(String group, String host, int port) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new StartupException(
                    group + ".host: " + host + " (expected: an address of this machine)");
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
        } catch (IOException e) {
            throw new StartupException(
                    "%s.port: %d on %s cannot be listened on: %s (expected: a free port; 0 takes any)"
                            .formatted(group, port, host, e.getMessage()));
        }
    }
}
