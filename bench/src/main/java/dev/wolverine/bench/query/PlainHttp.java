package dev.wolverine.bench.query;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection that is kept alive, with as little around it as can be: the client's own time is
 * part of what is measured. For one thread.
 */
final class PlainHttp implements AutoCloseable {

    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int TIMEOUT_MILLIS = 30_000;

    private final Socket socket;
    private final InputStream in;
    private final String headers;
    private final byte[] buffer = new byte[BUFFER_BYTES];

    PlainHttp(URI server, String key) throws IOException {
        socket = new Socket(server.getHost(), server.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
        headers =
                " HTTP/1.1\r\nHost: "
                        + server.getAuthority()
                        + "\r\nAuthorization: Bearer "
                        + key
                        + "\r\n\r\n";
    }

    /**
     * Asks, and reads the answer to its end; returns how many bytes its body has.
     *
     * @throws IOException if it is not a 200
     */
    int get(String path) throws IOException {
        socket.getOutputStream()
                .write(("GET " + path + headers).getBytes(StandardCharsets.US_ASCII));
        String status = line();
        int length = -1;
        String header;
        while (!(header = line()).isEmpty()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring("content-length:".length()).strip());
            }
        }
        int read = length >= 0 ? skip(length) : chunks();
        if (!status.contains(" 200 ")) {
            throw new IOException(path + ": " + status + " (expected: 200)");
        }
        return read;
    }

    private int chunks() throws IOException {
        int sum = 0;
        int size;
        while ((size = Integer.parseInt(line(), 16)) > 0) {
            sum += skip(size);
            line();
        }
        line();
        return sum;
    }

    private int skip(int length) throws IOException {
        int left = length;
        while (left > 0) {
            int read = in.read(buffer, 0, Math.min(left, buffer.length));
            if (read < 0) {
                throw new IOException("the answer ends early");
            }
            left -= read;
        }
        return length;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int next;
        while ((next = in.read()) != '\n') {
            if (next < 0) {
                throw new IOException("the answer ends early");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
