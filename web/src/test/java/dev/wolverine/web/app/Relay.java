package dev.wolverine.web.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Passes bytes on to a server until it is cut: then it refuses, as a server that is away. */
final class Relay implements AutoCloseable {

    private final URI target;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    Relay(URI target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        Thread.startVirtualThread(this::accept);
    }

    /** The target by way of this. */
    URI uri() {
        return URI.create(
                target.toString()
                        .replace(
                                target.getHost() + ":" + target.getPort(),
                                "127.0.0.1:" + listener.getLocalPort()));
    }

    void cut() {
        cut = true;
        sockets.forEach(Relay::close);
    }

    void mend() {
        cut = false;
    }

    @Override
    public void close() {
        cut();
        try {
            listener.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket from = listener.accept();
                sockets.add(from);
                if (cut) {
                    close(from);
                    continue;
                }
                Socket to = new Socket(target.getHost(), target.getPort());
                sockets.add(to);
                Thread.startVirtualThread(() -> pass(from, to));
                Thread.startVirtualThread(() -> pass(to, from));
            } catch (IOException e) {
                // The next connection may be luckier; a closed listener ends the loop.
            }
        }
    }

    private void pass(Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException e) {
            // One side went: so does the other.
        } finally {
            close(from);
            close(to);
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone.
        }
    }
}
