package dev.wolverine.bench.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One connection through the proxy: a pump in each direction, until both have ended. */
final class ProxiedConnection {
    private static final int PIECE = 16 * 1024;

    private final Socket client;
    private final ToxicSwitch toxics;
    private final Consumer<ProxiedConnection> onEnd;
    private final AtomicInteger pumping = new AtomicInteger(2);
    private volatile @Nullable Socket upstream;
    private volatile boolean ended;

    ProxiedConnection(Socket client, ToxicSwitch toxics, Consumer<ProxiedConnection> onEnd) {
        this.client = client;
        this.toxics = toxics;
        this.onEnd = onEnd;
    }

    void begin(Socket opened) {
        upstream = opened;
        if (ended) {
            reset();
            return;
        }
        Thread.ofVirtual().start(() -> pump(client, opened, false));
        Thread.ofVirtual().start(() -> pump(opened, client, true));
    }

    /** Ends both sides at once: their peers see a reset. */
    void reset() {
        ended = true;
        abort(client);
        Socket opened = upstream;
        if (opened != null) {
            abort(opened);
        }
        onEnd.accept(this);
    }

    private static void abort(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException alreadyGone) {
            // It was to end, and has.
        }
    }

    private void pump(Socket from, Socket to, boolean answers) {
        byte[] piece = new byte[PIECE];
        try {
            from.setTcpNoDelay(true);
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
                if (!pass(piece, length, out, answers)) {
                    reset();
                    return;
                }
            }
            to.shutdownOutput();
            if (pumping.decrementAndGet() == 0) {
                reset();
            }
        } catch (IOException broken) {
            reset();
        } catch (InterruptedException interrupted) {
            reset();
            Thread.currentThread().interrupt();
        }
    }

    /** False if the connection is to be reset. */
    private boolean pass(byte[] piece, int length, OutputStream out, boolean answers)
            throws IOException, InterruptedException {
        switch (toxics.current()) {
            case Toxic.None _ -> {}
            case Toxic.Latency(var base, var jitter) ->
                    Thread.sleep(base.toMillis() + toxics.jitter(jitter.toMillis()));
            case Toxic.Bandwidth(int bytesPerSecond) -> {
                trickle(piece, length, out, bytesPerSecond);
                return true;
            }
            case Toxic.Stall _ -> toxics.awaitPassage();
            case Toxic.HalfOpen _ -> {
                toxics.awaitPassage();
                return false;
            }
            case Toxic.Reset(double chance) -> {
                if (toxics.strikes(chance)) {
                    out.write(piece, 0, length / 2);
                    return false;
                }
            }
            case Toxic.DropAnswers(double chance) -> {
                if (answers && toxics.strikes(chance)) {
                    return false;
                }
            }
        }
        out.write(piece, 0, length);
        return true;
    }

    private void trickle(byte[] piece, int length, OutputStream out, int bytesPerSecond)
            throws IOException, InterruptedException {
        int slice = Math.max(1, bytesPerSecond / 20);
        for (int at = 0; at < length; at += slice) {
            int size = Math.min(slice, length - at);
            out.write(piece, at, size);
            if (toxics.current() instanceof Toxic.Bandwidth) {
                Thread.sleep(50);
            }
        }
    }
}
