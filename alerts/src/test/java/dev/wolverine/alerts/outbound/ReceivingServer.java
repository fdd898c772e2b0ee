package dev.wolverine.alerts.outbound;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ServerSocketFactory;

/** A receiver of requests on this machine that answers as it is told, or does worse. */
public final class ReceivingServer implements AutoCloseable {

    private final ServerSocket server;
    private final boolean tls;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Queue<Behaviour> next = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Behaviour always = status(200);

    public ReceivingServer() {
        this(ServerSocketFactory.getDefault(), false);
    }

    public ReceivingServer(ServerSocketFactory sockets, boolean tls) {
        this.tls = tls;
        try {
            server = sockets.createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    /** A request as it came. */
    public record Received(String line, Map<String, String> headers, byte[] body) {
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** By its name in lower case. */
        public String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /** What is done to who has sent a request. */
    @FunctionalInterface
    public interface Behaviour {
        void answer(Socket socket, CountDownLatch closed) throws IOException, InterruptedException;
    }

    public static Behaviour status(int status, String... headers) {
        return answer(status, "", headers);
    }

    public static Behaviour answer(int status, String body, String... headers) {
        return (socket, _) -> {
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Whatever\r\n");
            for (String header : headers) {
                head.append(header).append("\r\n");
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
            OutputStream out = socket.getOutputStream();
            out.write(head.toString().getBytes(StandardCharsets.US_ASCII));
            out.write(bytes);
            out.flush();
        };
    }

    /** Never says a word. */
    public static Behaviour hanging() {
        return (_, closed) -> closed.await();
    }

    public static Behaviour hangingAfterHeaders() {
        return (socket, closed) -> {
            say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
            closed.await();
        };
    }

    /** A byte now and then, so that no read ever times out. */
    public static Behaviour dripping() {
        return (socket, closed) -> {
            say(socket, "HTTP/1.1 200 OK\r\nX-Long: ");
            while (!closed.await(50, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                say(socket, "x");
            }
        };
    }

    public static Behaviour resetting() {
        return (socket, _) -> {
            socket.setSoLinger(true, 0);
            socket.close();
        };
    }

    /** A body without an end. */
    public static Behaviour endless() {
        return (socket, _) -> {
            say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
            byte[] block = new byte[64 * 1024];
            for (int i = 0; i < 16 * 1024; i++) {
                socket.getOutputStream().write(block);
            }
        };
    }

    public static Behaviour garbage() {
        return (socket, _) -> say(socket, "SSH-2.0-OpenSSH_9.6\r\n\r\n");
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    public ReceivingServer always(Behaviour behaviour) {
        always = behaviour;
        return this;
    }

    /** Once, before what is done always. */
    public ReceivingServer then(Behaviour behaviour) {
        next.add(behaviour);
        return this;
    }

    public List<Received> received() {
        return List.copyOf(received);
    }

    public int port() {
        return server.getLocalPort();
    }

    public String url(String path) {
        return (tls ? "https://localhost:" : "http://127.0.0.1:") + port() + path;
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            received.add(read(socket.getInputStream()));
            Behaviour once = next.poll();
            (once == null ? always : once).answer(socket, closed);
        } catch (IOException e) {
            // The other side has had enough.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Received read(InputStream in) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            lines.add(line);
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new Received(lines.getFirst(), headers, in.readNBytes(length));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("ended");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
