package dev.wolverine.db.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * A Redis of the platform's own, on 127.0.0.1 alone. It keeps nothing on disk: all that is in it
 * can be made again from the database.
 *
 * <p>Where memory runs out it refuses to write, so that a full cache is seen rather than silently
 * forgetting half of the live state. Started again when it dies, with the same port and password.
 * Thread-safe.
 */
public final class RedisServer implements AutoCloseable {

    private final URI uri;
    private final int port;
    private final SupervisedServer server;

    private RedisServer(URI uri, int port, SupervisedServer server) {
        this.uri = uri;
        this.port = port;
        this.server = server;
    }

    /**
     * Starts the server of a data directory.
     *
     * @param maxMemoryMb what it may hold, MiB
     * @param onReady told the process id now and after each restart; must not block
     * @throws EmbeddedServerException if it cannot run here
     */
    static RedisServer start(
            DataDirectory directory, ProgramCache programs, int maxMemoryMb, LongConsumer onReady) {
        try {
            Path home = directory.passage("redis");
            ServiceAccount account = ServiceAccount.forServersIn(home);
            ServerSettings settings =
                    ServerSettings.of(home.resolve("settings.properties"), new SecureRandom());
            Path configuration = home.resolve("redis.conf");
            Path pidFile = home.resolve("redis.pid");
            endOrphan(pidFile, configuration);
            String password = settings.password("password");
            int port = settings.freePort();
            Program redis =
                    new Program(account, programs.redis(), configuration, pidFile, port, password);
            redis.configure(maxMemoryMb);
            SupervisedServer server =
                    new SupervisedServer("redis", redis, directory.log("redis"), onReady);
            server.start();
            URI uri =
                    URI.create(
                            "redis://:%s@127.0.0.1:%d/0"
                                    .formatted(password, settings.connectPort(port)));
            return new RedisServer(uri, port, server);
        } catch (IOException e) {
            throw new EmbeddedServerException("redis: cannot be started: " + e, e);
        }
    }

    /** Where it is, with its password: not for logs. */
    public URI uri() {
        return uri;
    }

    /** The process id; -1 while it is being started again. */
    public long pid() {
        return server.pid();
    }

    @Override
    public void close() {
        server.close();
    }

    @Override
    public String toString() {
        return "RedisServer[port " + port + "]";
    }

    private static void endOrphan(Path pidFile, Path configuration) throws IOException {
        if (Files.exists(pidFile)) {
            var orphan =
                    Orphan.find(Long.parseLong(Files.readString(pidFile).strip()), configuration);
            if (orphan.isPresent()) {
                orphan.get().end();
            }
        }
    }

    /** The server's command, and a PING to know that it is ready. */
    private record Program(
            ServiceAccount account,
            Path redis,
            Path configuration,
            Path pidFile,
            int port,
            String password)
            implements SupervisedServer.Program {

        private static final int PATIENCE_MS = 1000;

        void configure(int maxMemoryMb) throws IOException {
            DataDirectory.replace(
                    configuration,
                    """
                    # Written at each start.
                    bind 127.0.0.1
                    port %d
                    requirepass %s
                    save ""
                    appendonly no
                    maxmemory %dmb
                    maxmemory-policy noeviction
                    # The command keeps naming this file, by which a later platform knows the process.
                    set-proc-title no
                    """
                            .formatted(port, password, maxMemoryMb));
            account.own(configuration);
        }

        @Override
        public List<String> command() {
            return account.command(List.of(redis.toString(), configuration.toString()));
        }

        @Override
        public boolean isReady(Process process) throws IOException {
            if (!answers()) {
                return false;
            }
            DataDirectory.replace(pidFile, Long.toString(process.pid()));
            return true;
        }

        @Override
        public String toString() {
            return "Redis[port " + port + "]";
        }

        private boolean answers() {
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(PATIENCE_MS);
                socket.connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MS);
                socket.getOutputStream()
                        .write(("AUTH " + password + "\r\n").getBytes(StandardCharsets.US_ASCII));
                String answer =
                        new BufferedReader(
                                        new InputStreamReader(
                                                socket.getInputStream(), StandardCharsets.US_ASCII))
                                .readLine();
                return "+OK".equals(answer);
            } catch (IOException e) {
                return false;
            }
        }
    }
}
