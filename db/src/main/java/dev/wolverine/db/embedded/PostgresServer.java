package dev.wolverine.db.embedded;

import dev.wolverine.db.DatabaseConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.List;
import java.util.function.LongConsumer;
import org.postgresql.util.PasswordUtil;

/**
 * A PostgreSQL of the platform's own: a real one, as durable as any, on 127.0.0.1 alone.
 *
 * <p>Its database `wolverine` belongs to the role `wolverine`, which is no superuser. It is started
 * again when it dies, with the same port and passwords. Thread-safe.
 */
public final class PostgresServer implements AutoCloseable {

    private static final String SUPERUSER = "postgres";
    private static final String OWNER = "wolverine";
    private static final int READY_LINE = 7;

    private final Path data;
    private final int port;
    private final String superuserPassword;
    private final String ownerPassword;
    private final SupervisedServer server;
    private final Ballast ballast;

    private PostgresServer(
            Path data,
            int port,
            String superuserPassword,
            String ownerPassword,
            SupervisedServer server,
            Ballast ballast) {
        this.data = data;
        this.port = port;
        this.superuserPassword = superuserPassword;
        this.ownerPassword = ownerPassword;
        this.server = server;
        this.ballast = ballast;
    }

    /**
     * Starts the server of a data directory, making its database first where there is none.
     *
     * @param onReady told the process id now and after each restart; must not block
     * @throws EmbeddedServerException if it cannot run here
     */
    static PostgresServer start(
            DataDirectory directory,
            ProgramCache programs,
            PostgresProfile profile,
            LongConsumer onReady) {
        try {
            Path home = directory.passage("postgres");
            ServiceAccount account = ServiceAccount.forServersIn(home);
            ServerSettings settings =
                    ServerSettings.of(home.resolve("settings.properties"), new SecureRandom());
            String superuserPassword = settings.password("superuser.password");
            String ownerPassword = settings.password("password");
            Path data = home.resolve("data");
            Path program = programs.postgres().resolve("bin");
            if (Files.exists(data)) {
                endOrphan(data);
                account.own(data);
            } else {
                new ClusterCreation(program, account, home, superuserPassword, ownerPassword)
                        .create(data);
            }
            int port = settings.freePort();
            Path configuration = home.resolve("postgresql.conf");
            Program postgres =
                    new Program(account, program.resolve("postgres"), data, configuration);
            writeConfiguration(configuration, port, profile);
            SupervisedServer server =
                    new SupervisedServer("postgres", postgres, directory.log("postgres"), onReady);
            Ballast ballast = Ballast.in(home);
            ballast.start();
            try {
                server.start();
            } catch (EmbeddedServerException e) {
                ballast.close();
                throw e;
            }
            return new PostgresServer(
                    data,
                    settings.connectPort(port),
                    superuserPassword,
                    ownerPassword,
                    server,
                    ballast);
        } catch (IOException e) {
            throw new EmbeddedServerException("postgres: cannot be started: " + e, e);
        }
    }

    /** How the platform connects. */
    public DatabaseConfig database() {
        return DatabaseConfig.of(url(OWNER), OWNER, ownerPassword);
    }

    /** A connection for administration: may create databases and see all settings. */
    public DatabaseConfig administration() {
        return DatabaseConfig.of(url("postgres"), SUPERUSER, superuserPassword);
    }

    /** The process id; -1 while it is being started again. */
    public long pid() {
        return server.pid();
    }

    /** Ends all sessions and stops the server; returns when it has stopped. */
    @Override
    public void close() {
        ballast.close();
        server.close();
    }

    @Override
    public String toString() {
        return "PostgresServer[" + data + ", port " + port + "]";
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    private static void endOrphan(Path data) throws IOException {
        try {
            List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
            if (!lines.isEmpty()) {
                var orphan = Orphan.find(Long.parseLong(lines.getFirst().strip()), data);
                if (orphan.isPresent()) {
                    orphan.get().end();
                }
            }
        } catch (NoSuchFileException e) {
            // It was stopped in good order.
        }
    }

    private static void writeConfiguration(Path file, int port, PostgresProfile profile)
            throws IOException {
        DataDirectory.replace(
                file,
                """
                # Written at each start. Settings of your own go into custom.conf beside this file.
                listen_addresses = '127.0.0.1'
                port = %d
                unix_socket_directories = ''
                max_connections = %d
                password_encryption = 'scram-sha-256'

                # An acknowledged heartbeat is on the disk.
                fsync = on
                synchronous_commit = on
                full_page_writes = on

                shared_buffers = %dMB
                max_wal_size = %dMB
                min_wal_size = 80MB
                wal_compression = on
                checkpoint_timeout = 15min
                jit = off

                timezone = 'UTC'
                log_timezone = 'UTC'
                lc_messages = 'C'
                # No statement and no value of a row goes into the log.
                log_min_error_statement = panic
                log_error_verbosity = terse
                log_line_prefix = '%%m [%%p] '
                include_if_exists = 'custom.conf'
                """
                        .formatted(
                                port,
                                profile.maxConnections(),
                                profile.sharedBuffersMb(),
                                profile.maxWalMb()));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    /** The server's command, and its own word for being ready. */
    private record Program(ServiceAccount account, Path postgres, Path data, Path configuration)
            implements SupervisedServer.Program {

        @Override
        public List<String> command() {
            return account.command(
                    List.of(
                            postgres.toString(),
                            "-D",
                            data.toString(),
                            "-c",
                            "config_file=" + configuration));
        }

        @Override
        public boolean isReady(Process process) throws IOException {
            try {
                List<String> lines =
                        Files.readAllLines(
                                data.resolve("postmaster.pid"), StandardCharsets.US_ASCII);
                return lines.size() > READY_LINE
                        && lines.getFirst().equals(Long.toString(process.pid()))
                        && lines.get(READY_LINE).strip().equals("ready");
            } catch (NoSuchFileException e) {
                return false;
            }
        }
    }

    /** Makes a cluster with our role and database in it; it appears all at once or not at all. */
    private record ClusterCreation(
            Path program,
            ServiceAccount account,
            Path home,
            String superuserPassword,
            String ownerPassword) {

        void create(Path data) throws IOException {
            Path part = home.resolve("data.part");
            Path passwordFile = home.resolve("initdb.password");
            FileTrees.delete(part);
            try {
                Files.createDirectory(part);
                Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwx------"));
                account.own(part);
                DataDirectory.replace(passwordFile, superuserPassword);
                account.own(passwordFile);
                initialise(part, passwordFile);
                addDatabase(part);
                Files.move(part, data, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(passwordFile);
                FileTrees.delete(part);
            }
        }

        private void initialise(Path part, Path passwordFile) throws IOException {
            run(
                    "",
                    program.resolve("initdb").toString(),
                    "--pgdata=" + part,
                    "--username=" + SUPERUSER,
                    "--pwfile=" + passwordFile,
                    "--auth=scram-sha-256",
                    "--data-checksums",
                    "--encoding=UTF8",
                    "--locale=C",
                    // PostgreSQL's own rules for text: an upgrade of the system cannot change them.
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--no-instructions");
        }

        private void addDatabase(Path part) throws IOException {
            try {
                String verifier =
                        PasswordUtil.encodePassword(
                                OWNER, ownerPassword.toCharArray(), "scram-sha-256");
                run(
                        "CREATE ROLE "
                                + OWNER
                                + " LOGIN CREATEROLE PASSWORD '"
                                + verifier
                                + "';\nCREATE DATABASE "
                                + OWNER
                                + " OWNER "
                                + OWNER
                                + ";\n",
                        program.resolve("postgres").toString(),
                        "--single",
                        "-D",
                        part.toString(),
                        "-c",
                        "log_min_error_statement=panic",
                        "postgres");
            } catch (SQLException e) {
                throw new IOException("cannot encode a password", e);
            }
        }

        private void run(String input, String... command) throws IOException {
            Process process =
                    new ProcessBuilder(account.command(List.of(command)))
                            .redirectErrorStream(true)
                            .directory(home.toFile())
                            .start();
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            try {
                if (process.waitFor() != 0
                        || output.contains("ERROR:")
                        || output.contains("FATAL:")) {
                    throw new EmbeddedServerException(
                            "postgres: " + command[0] + " failed: " + output.strip());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while creating the database", e);
            }
        }
    }
}
