package dev.wolverine.alerts.notify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A mail server that says to each command what it is told to say. */
final class MisbehavingMailServer implements AutoCloseable {

    static final String HANG = "hang";
    static final String DRIP = "drip";
    static final String RESET = "reset";

    private static final Map<String, String> WELL =
            Map.of(
                    "GREETING", "220 ready",
                    "EHLO", "250 hello",
                    "MAIL", "250 ok",
                    "RCPT", "250 ok",
                    "DATA", "354 go on",
                    ".", "250 queued",
                    "RSET", "250 ok",
                    "NOOP", "250 ok",
                    "QUIT", "221 bye");

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<String, String> answers = new ConcurrentHashMap<>(WELL);

    MisbehavingMailServer() {
        try {
            server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    void well() {
        answers.putAll(WELL);
    }

    /** Says this to that command, and is well else. */
    void says(String command, String answer) {
        well();
        answers.put(command, answer);
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
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
            say(socket, "GREETING");
            boolean content = false;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (content && !line.equals(".")) {
                    continue;
                }
                content = false;
                String command = line.split(" ")[0];
                String answer = say(socket, command);
                content = command.equals("DATA") && answer.startsWith("354");
                if (command.equals("QUIT")) {
                    return;
                }
            }
        } catch (IOException e) {
            // The other side has had enough.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String say(Socket socket, String command) throws IOException, InterruptedException {
        String answer = answers.getOrDefault(command, "250 ok");
        switch (answer) {
            case HANG -> closed.await();
            case DRIP -> {
                while (!closed.await(50, TimeUnit.MILLISECONDS)) {
                    write(socket, "2");
                }
            }
            case RESET -> {
                socket.setSoLinger(true, 0);
                socket.close();
            }
            default -> write(socket, answer + "\r\n");
        }
        return answer;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }
}
