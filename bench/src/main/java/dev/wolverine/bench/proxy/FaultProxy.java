package dev.wolverine.bench.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/**
 * Passes TCP connections on to another port of this machine, and disturbs them as it is told.
 *
 * <p>Thread-safe. Two virtual threads a connection; what waits in one is at most a piece of 16 KiB
 * a direction.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int CONNECT_MILLIS = 2_000;
    private static final int BACKLOG = 1_024;

    private final ServerSocket listener;
    private final IntSupplier upstreamPort;
    private final ToxicSwitch toxics;
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();

    private FaultProxy(ServerSocket listener, IntSupplier upstreamPort, long seed) {
        this.listener = listener;
        this.upstreamPort = upstreamPort;
        this.toxics = new ToxicSwitch(seed);
    }

    /**
     * Listens on a free port of the loopback address.
     *
     * @param upstreamPort asked at each connection: where it leads; fails with {@link
     *     UncheckedIOException} where that is not known, and the connection is reset
     * @param seed of jitter and chances
     */
    public static FaultProxy start(String name, IntSupplier upstreamPort, long seed)
            throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        FaultProxy proxy = new FaultProxy(listener, upstreamPort, seed);
        Thread.ofPlatform().daemon().name(name + "-proxy").start(proxy::accept);
        return proxy;
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Disturbs connections so from now on; a reset also ends those that are idle. */
    public void disturb(Toxic toxic) {
        toxics.set(toxic);
        if (toxic instanceof Toxic.Reset) {
            connections.forEach(ProxiedConnection::reset);
        }
    }

    /** Passes everything on again. */
    public void heal() {
        toxics.set(new Toxic.None());
    }

    public int openConnections() {
        return connections.size();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        heal();
        connections.forEach(ProxiedConnection::reset);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException closed) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(closed);
                }
            }
        }
    }

    private void connect(Socket client) {
        ProxiedConnection connection = new ProxiedConnection(client, toxics, connections::remove);
        connections.add(connection);
        try {
            toxics.awaitPassage();
            Socket upstream = new Socket();
            upstream.connect(
                    new InetSocketAddress(
                            InetAddress.getLoopbackAddress(), upstreamPort.getAsInt()),
                    CONNECT_MILLIS);
            connection.begin(upstream);
        } catch (IOException | UncheckedIOException refused) {
            connection.reset();
        } catch (InterruptedException interrupted) {
            connection.reset();
            Thread.currentThread().interrupt();
        }
    }
}
