package dev.wolverine.web;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A WebSocket without a library: sends the bytes of frames as they are given, right or wrong. */
final class RawSocket implements AutoCloseable {

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    /** The connection ended without a close frame. */
    static final int CUT = -1;

    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;

    private final Socket socket;
    private final DataInputStream in;

    /** What arrived, of one frame. */
    record Frame(int opcode, byte[] payload) {

        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        int closeCode() {
            return payload.length < 2 ? 1005 : ((payload[0] & 0xFF) << 8) | (payload[1] & 0xFF);
        }
    }

    RawSocket(TestPlatform platform, String key) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), platform.port());
            socket.setSoTimeout(10_000);
            in = new DataInputStream(socket.getInputStream());
            String request =
                    """
                    GET /ws/live HTTP/1.1
                    Host: 127.0.0.1:%d
                    Upgrade: websocket
                    Connection: Upgrade
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                    Sec-WebSocket-Version: 13
                    Sec-WebSocket-Extensions: permessage-deflate
                    Authorization: Bearer %s

                    """
                            .formatted(platform.port(), key)
                            .replace("\n", "\r\n");
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String head = head();
            if (!head.startsWith("HTTP/1.1 101")) {
                throw new IllegalStateException(head);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            head.append((char) in.readUnsignedByte());
        }
        return head.toString();
    }

    RawSocket text(String text) {
        return frame(FINAL | TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    RawSocket text(byte[] utf8) {
        return frame(FINAL | TEXT, utf8);
    }

    RawSocket part(int opcode, boolean last, byte[] payload) {
        return frame((last ? FINAL : 0) | opcode, payload);
    }

    /**
     * @param first the first byte: FIN, reserved bits and opcode
     */
    RawSocket frame(int first, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(first);
        if (payload.length < 126) {
            frame.write(MASKED | payload.length);
        } else if (payload.length < 65_536) {
            frame.write(MASKED | 126);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        } else {
            frame.write(MASKED | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                frame.write((int) ((long) payload.length >> shift));
            }
        }
        byte[] mask = {1, 2, 3, 4};
        frame.writeBytes(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ mask[i % 4]);
        }
        return bytes(frame.toByteArray());
    }

    RawSocket bytes(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            // It may have been closed already: what was read tells.
        }
        return this;
    }

    /** One byte at a time, as TCP may deliver them. */
    RawSocket chopped(byte[] bytes) {
        for (byte each : bytes) {
            bytes(new byte[] {each});
        }
        return this;
    }

    Frame read() throws IOException {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        long size = length < 126 ? length : length == 126 ? in.readUnsignedShort() : in.readLong();
        byte[] payload = in.readNBytes(Math.toIntExact(size));
        return new Frame(first & 0x0F, payload);
    }

    /** The next frame of a kind; others are passed over. */
    Frame read(int opcode) {
        try {
            Frame frame = read();
            while (frame.opcode() != opcode) {
                frame = read();
            }
            return frame;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next text that contains this. */
    String readText(String containing) {
        String text = read(TEXT).text();
        while (!text.contains(containing)) {
            text = read(TEXT).text();
        }
        return text;
    }

    /** Reads to the close frame, and says its code; {@link #CUT} if there is none. */
    int readToEnd() {
        try {
            Frame frame = read();
            while (frame.opcode() != CLOSE) {
                frame = read();
            }
            return frame.closeCode();
        } catch (EOFException | java.net.SocketException e) {
            return CUT;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
