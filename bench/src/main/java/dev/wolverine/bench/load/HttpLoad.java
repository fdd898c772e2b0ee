package dev.wolverine.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Beats as JSON over HTTP connections that are kept alive, as the stock client sends them: one
 * request at a time on a connection, the next when it is answered. Sends flat out only.
 *
 * <p>One thread for all connections, on the bare selector: a client library would cost more than
 * the platform.
 */
public final class HttpLoad implements Load {
    private static final int ANSWER_BYTES = 4096;
    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Selector selector;
    private static final String CONTENT_LENGTH = "content-length:";

    private final List<Connection> connections = new ArrayList<>();
    private final int instances;
    private final Beats beats;
    private final byte[] head;
    private final int idInHead;
    private final Acknowledgements acknowledgements;
    private final Thread thread;
    private volatile boolean flatOut;
    private volatile boolean nudged;
    private volatile boolean closing;

    /**
     * Connects.
     *
     * @param platform `http://host:port`
     * @param key that may write for any instance
     */
    public HttpLoad(
            URI platform,
            String key,
            int connections,
            int instances,
            Beats beats,
            Acknowledgements acknowledgements)
            throws IOException {
        this.beats = beats;
        this.instances = instances;
        this.acknowledgements = acknowledgements;
        String mark = "wlv_############";
        String text =
                """
                POST /api/v1/heartbeat HTTP/1.1\r
                Host: %s\r
                Content-Type: application/json\r
                Content-Length: %d\r
                Authorization: Bearer %s\r
                X-Instance-Id: %s\r
                Connection: keep-alive\r
                \r
                """
                        .formatted(platform.getAuthority(), beats.length(), key, mark);
        head = text.getBytes(StandardCharsets.US_ASCII);
        idInHead = text.indexOf(mark);
        selector = Selector.open();
        InetSocketAddress address = new InetSocketAddress(platform.getHost(), platform.getPort());
        for (int i = 0; i < connections; i++) {
            int share = instances / connections + (i < instances % connections ? 1 : 0);
            this.connections.add(new Connection(address, i, connections, share));
        }
        thread = Thread.ofPlatform().daemon().name("http-load").unstarted(this::run);
        thread.start();
    }

    @Override
    public int instances() {
        return instances;
    }

    @Override
    public void sendFlatOut(int window) {
        flatOut = true;
        nudged = true;
        selector.wakeup();
    }

    @Override
    public void rest() {
        flatOut = false;
    }

    @Override
    public boolean send(long dueNanos) {
        throw new UnsupportedOperationException("HTTP beats are sent flat out only");
    }

    @Override
    public void close() throws InterruptedException {
        flatOut = false;
        thread.join(TimeUnit.SECONDS.toMillis(1));
        closing = true;
        selector.wakeup();
        thread.join(TimeUnit.SECONDS.toMillis(10));
    }

    private void run() {
        try (selector) {
            while (!closing) {
                if (nudged) {
                    nudged = false;
                    for (Connection connection : connections) {
                        connection.nudge();
                    }
                }
                selector.select(key -> ((Connection) key.attachment()).ready(key), 100);
            }
            for (Connection connection : connections) {
                connection.channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Connection {
        private final SocketChannel channel;
        private final SelectionKey key;
        private final int first;
        private final int stride;
        private final byte[][] ids;
        private final ByteBuffer request = ByteBuffer.allocateDirect(head.length + beats.length());
        private final ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES);
        private long sent;
        private boolean underWay;
        private long sentAt;
        private long newest;

        Connection(InetSocketAddress address, int first, int stride, int instances)
                throws IOException {
            this.first = first;
            this.stride = stride;
            ids = new byte[instances][];
            for (int i = 0; i < instances; i++) {
                ids[i] = beats.id(first + i * stride);
            }
            channel = SocketChannel.open(address);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            key = channel.register(selector, SelectionKey.OP_READ, this);
        }

        void nudge() throws IOException {
            if (!underWay && key.isValid()) {
                next();
            }
        }

        private void next() throws IOException {
            int own = (int) (sent % ids.length);
            newest = Math.max(System.currentTimeMillis(), newest + 1);
            request.clear();
            request.put(head);
            request.put(idInHead, ids[own]);
            request.put(beats.beat(first + own * stride, ids[own], sent / ids.length, newest));
            request.flip();
            sent++;
            sentAt = System.nanoTime();
            underWay = true;
            write();
        }

        private void write() throws IOException {
            channel.write(request);
            key.interestOps(
                    request.hasRemaining()
                            ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
                            : SelectionKey.OP_READ);
        }

        void ready(SelectionKey ready) {
            try {
                if (ready.isWritable()) {
                    write();
                }
                if (ready.isReadable()) {
                    read();
                }
            } catch (IOException e) {
                lost();
            }
        }

        private void read() throws IOException {
            if (channel.read(answer) < 0) {
                lost();
                return;
            }
            if (!isComplete()) {
                return;
            }
            String status = new String(answer.array(), 9, 3, StandardCharsets.US_ASCII);
            answer.clear();
            underWay = false;
            if (!status.startsWith("2")) {
                acknowledgements.refused("HTTP " + status);
                return;
            }
            acknowledgements.acknowledged(sentAt, System.nanoTime());
            if (flatOut) {
                next();
            }
        }

        /** Whether the head is there, and as many bytes behind it as it says. */
        private boolean isComplete() {
            int bodyStart = bodyStart();
            return bodyStart > 0 && answer.position() >= bodyStart + contentLength(bodyStart);
        }

        /** 0 while the head is not complete. */
        private int bodyStart() {
            byte[] bytes = answer.array();
            for (int at = HEAD_END.length; at <= answer.position(); at++) {
                if (bytes[at - 1] == '\n'
                        && Arrays.equals(
                                bytes, at - HEAD_END.length, at, HEAD_END, 0, HEAD_END.length)) {
                    return at;
                }
            }
            return 0;
        }

        /** Of an answer without the field, 0. */
        private int contentLength(int bodyStart) {
            byte[] bytes = answer.array();
            for (int at = 0; at < bodyStart - CONTENT_LENGTH.length(); at++) {
                if (bytes[at] == '\n' && isContentLength(bytes, at + 1)) {
                    int length = 0;
                    for (int digit = at + 1 + CONTENT_LENGTH.length();
                            bytes[digit] != '\r';
                            digit++) {
                        length = bytes[digit] == ' ' ? length : 10 * length + bytes[digit] - '0';
                    }
                    return length;
                }
            }
            return 0;
        }

        private static boolean isContentLength(byte[] bytes, int start) {
            for (int i = 0; i < CONTENT_LENGTH.length(); i++) {
                if (Character.toLowerCase(bytes[start + i]) != CONTENT_LENGTH.charAt(i)) {
                    return false;
                }
            }
            return true;
        }

        private void lost() {
            key.cancel();
            acknowledgements.refused("connection lost");
            try {
                channel.close();
            } catch (IOException e) {
                acknowledgements.refused("connection not closed");
            }
        }
    }
}
