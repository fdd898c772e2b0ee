package dev.wolverine.bench.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One POST of a heartbeat over a connection of its own, as the stock client makes it. */
final class StockRequest {
    /** What came of it: a status, or why there is none. */
    enum Failure {
        /** Nothing was sent: a definite no. */
        REFUSED,
        /** It may have been stored. */
        UNKNOWN
    }

    /**
     * @param status 0 if no answer came
     */
    record Answer(int status, @Nullable Failure failure) {
        boolean isOk() {
            return status >= 200 && status <= 299;
        }

        /** A word for the ledger. */
        String word() {
            return failure == null ? Integer.toString(status) : failure.name();
        }
    }

    private final int port;
    private final String key;

    StockRequest(int port, String key) {
        this.port = port;
        this.key = key;
    }

    /**
     * Sends one.
     *
     * @param instanceHeader only live beats carry it
     * @param timeout for all of it
     */
    Answer send(byte[] body, @Nullable String instanceHeader, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean sent = false;
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                    millisUntil(deadline));
            sent = true;
            OutputStream out = socket.getOutputStream();
            out.write(head(body.length, instanceHeader));
            out.write(body);
            out.flush();
            socket.setSoTimeout(millisUntil(deadline));
            String line =
                    new BufferedReader(
                                    new InputStreamReader(
                                            socket.getInputStream(), StandardCharsets.US_ASCII))
                            .readLine();
            return line == null || !line.startsWith("HTTP/1.1 ") || line.length() < 12
                    ? new Answer(0, Failure.UNKNOWN)
                    : new Answer(Integer.parseInt(line.substring(9, 12)), null);
        } catch (ConnectException refused) {
            return new Answer(0, Failure.REFUSED);
        } catch (IOException | NumberFormatException broken) {
            return new Answer(0, sent ? Failure.UNKNOWN : Failure.REFUSED);
        }
    }

    private static int millisUntil(long deadline) throws IOException {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (millis <= 0) {
            throw new IOException("out of time");
        }
        return (int) millis;
    }

    private byte[] head(int length, @Nullable String instanceHeader) {
        String head =
                "POST /api/v1/heartbeat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                        + "Connection: close\r\nAuthorization: Bearer "
                        + key
                        + "\r\nContent-Length: "
                        + length
                        + "\r\n"
                        + (instanceHeader == null
                                ? ""
                                : "X-Instance-Id: " + instanceHeader + "\r\n")
                        + "\r\n";
        return head.getBytes(StandardCharsets.US_ASCII);
    }
}
