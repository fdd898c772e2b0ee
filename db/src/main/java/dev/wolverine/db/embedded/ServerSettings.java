package dev.wolverine.db.embedded;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Properties;

/**
 * The port and the passwords of one server: made once, kept in a file that only we may read.
 *
 * <p>Ports are taken from below 32768, where the kernel hands none to outgoing connections: a port
 * that was free yesterday is free today, unless somebody else listens there, and then a new one is
 * chosen.
 */
final class ServerSettings {

    private static final int LOWEST_PORT = 15_000;
    private static final int HIGHEST_PORT = 32_767;
    private static final int PASSWORD_BYTES = 24;

    private final Path file;
    private final SecureRandom random;
    private final Properties values;

    private ServerSettings(Path file, SecureRandom random, Properties values) {
        this.file = file;
        this.random = random;
        this.values = values;
    }

    static ServerSettings of(Path file, SecureRandom random) throws IOException {
        Properties values = new Properties();
        if (Files.exists(file)) {
            values.load(new StringReader(Files.readString(file)));
        }
        return new ServerSettings(file, random, values);
    }

    /** The password of this name, made at the first call. */
    String password(String name) throws IOException {
        String password = values.getProperty(name);
        if (password != null) {
            return password;
        }
        byte[] bytes = new byte[PASSWORD_BYTES];
        random.nextBytes(bytes);
        return keep(name, HexFormat.of().formatHex(bytes));
    }

    /** The port kept from before if it is free, else another one that is kept from now on. */
    int freePort() throws IOException {
        String kept = values.getProperty("port");
        if (kept != null && isFree(Integer.parseInt(kept))) {
            return Integer.parseInt(kept);
        }
        int port = LOWEST_PORT + random.nextInt(HIGHEST_PORT - LOWEST_PORT + 1);
        while (!isFree(port)) {
            port = LOWEST_PORT + random.nextInt(HIGHEST_PORT - LOWEST_PORT + 1);
        }
        keep("port", Integer.toString(port));
        return port;
    }

    /**
     * Where connections go: to the server itself, unless the file says under `connect.port` that
     * something stands in between.
     */
    int connectPort(int port) {
        return Integer.parseInt(values.getProperty("connect.port", Integer.toString(port)));
    }

    private String keep(String name, String value) throws IOException {
        values.setProperty(name, value);
        StringWriter text = new StringWriter();
        values.store(text, null);
        DataDirectory.replace(file, text.toString());
        return value;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
