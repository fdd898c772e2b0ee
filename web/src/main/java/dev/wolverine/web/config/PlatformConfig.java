package dev.wolverine.web.config;

import dev.wolverine.alerts.notify.MailSettings;
import dev.wolverine.alerts.notify.SecretText;
import dev.wolverine.alerts.outbound.Network;
import dev.wolverine.alerts.outbound.OutboundRules;
import dev.wolverine.db.DatabaseConfig;
import dev.wolverine.db.DatabaseUrl;
import dev.wolverine.db.QuarantineLimit;
import dev.wolverine.db.StorageConfig;
import dev.wolverine.db.UsageLimits;
import dev.wolverine.ingest.IngestConfig;
import dev.wolverine.ingest.grpc.GrpcConfig;
import dev.wolverine.web.http.TrustedProxies;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Everything that can be set. */
public record PlatformConfig(
        Data data,
        Http http,
        GrpcConfig grpc,
        Tls tls,
        Database database,
        Redis redis,
        Log log,
        StorageConfig storage,
        Retention retention,
        UsageLimits usage,
        IngestConfig ingest,
        Notifications notifications,
        Secrets secrets,
        Fleet fleet) {

    public PlatformConfig {
        boolean isPrivate = tls.certificate().isPresent() || !http.trustedProxies().isEmpty();
        requirePrivate("http.host", http.host(), isPrivate);
        requirePrivate("grpc.host", grpc.host(), isPrivate);
    }

    private static final String FILE_NAME = "wolverine.properties";

    /** The shipped values. */
    public static PlatformConfig defaults() {
        return new PlatformConfig(
                new Data(Path.of(".wolverine"), Optional.empty()),
                new Http("127.0.0.1", 8080, Set.of()),
                GrpcConfig.defaults(),
                new Tls(Optional.empty(), Optional.empty()),
                new Database(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        8,
                        8,
                        256,
                        4096),
                new Redis(Optional.empty(), 256),
                new Log(Level.INFO),
                StorageConfig.defaults(),
                new Retention(
                        Duration.ofDays(30),
                        Duration.ofDays(365),
                        QuarantineLimit.DEFAULT.maxRows(),
                        QuarantineLimit.DEFAULT.maxBytes()),
                UsageLimits.DEFAULT,
                IngestConfig.defaults(),
                Notifications.defaults(),
                new Secrets(Optional.empty()),
                new Fleet(Optional.of(Duration.ofDays(30))));
    }

    /** The file that is read unless `--config` names another: in the data directory. */
    public static ConfigSources.UsualFile usualFile() {
        return settings ->
                settings.apply("data.dir")
                        .map(Path::of)
                        .orElseGet(() -> defaults().data().dir())
                        .resolve(FILE_NAME);
    }

    /** From the most talkative to the quietest. */
    public enum Level {
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    /**
     * The directory of a platform.
     *
     * @param programsDir where embedded servers are unpacked; empty: the cache of the user
     */
    public record Data(Path dir, Optional<Path> programsDir) {}

    /**
     * The dashboard, the HTTP interface and the live feed.
     *
     * @param host address to listen on
     * @param port 0: any free one
     * @param trustedProxies addresses and ranges of the proxies that end TLS in front
     */
    public record Http(String host, int port, Set<String> trustedProxies) {
        public Http {
            trustedProxies = Set.copyOf(trustedProxies);
            requirePort("http.port", port);
            proxies(trustedProxies);
        }

        /** Who is believed about who asks. */
        public TrustedProxies proxies() {
            return proxies(trustedProxies);
        }

        private static TrustedProxies proxies(Set<String> ranges) {
            return new TrustedProxies(ranges);
        }
    }

    /**
     * TLS of HTTP and gRPC; without it both are in the clear.
     *
     * @param certificate PEM, the platform's own first
     * @param key PEM, PKCS 8
     */
    public record Tls(Optional<Path> certificate, Optional<Path> key) {
        public Tls {
            require(
                    key.isPresent() || certificate.isEmpty(),
                    "tls.key",
                    "missing",
                    "a file, beside tls.certificate");
            require(
                    certificate.isPresent() || key.isEmpty(),
                    "tls.certificate",
                    "missing",
                    "a file, beside tls.key");
        }
    }

    /**
     * PostgreSQL.
     *
     * @param url of an external server, with or without credentials; empty: one of our own
     * @param user if the address names none
     * @param password if the address names none
     * @param readerUrl where questions are asked instead, with or without credentials; empty: the
     *     same server
     * @param writerConnections connections that write heartbeats
     * @param readerConnections connections that answer questions
     * @param embeddedSharedBuffersMb page cache of our own server, MiB
     * @param embeddedMaxWalMb write-ahead log of our own server between checkpoints, MiB
     */
    public record Database(
            Optional<Secret> url,
            Optional<String> user,
            Optional<Secret> password,
            Optional<Secret> readerUrl,
            int writerConnections,
            int readerConnections,
            int embeddedSharedBuffersMb,
            int embeddedMaxWalMb) {

        public Database {
            url.ifPresent(text -> parse("database.url", text.reveal()));
            readerUrl.ifPresent(text -> parse("database.reader-url", text.reveal()));
            require(
                    writerConnections >= 1 && writerConnections <= 64,
                    "database.writer-connections",
                    writerConnections,
                    "1 to 64");
            require(
                    readerConnections >= 1 && readerConnections <= 256,
                    "database.reader-connections",
                    readerConnections,
                    "1 to 256");
            require(
                    embeddedSharedBuffersMb >= 16 && embeddedSharedBuffersMb <= 65_536,
                    "database.embedded-shared-buffers-mb",
                    embeddedSharedBuffersMb,
                    "16 to 65536");
            require(
                    embeddedMaxWalMb >= 128 && embeddedMaxWalMb <= 1_048_576,
                    "database.embedded-max-wal-mb",
                    embeddedMaxWalMb,
                    "128 to 1048576");
        }

        /** The external server; empty: run one of our own. */
        public Optional<DatabaseConfig> external() {
            return url.map(text -> parse("database.url", text.reveal()))
                    .map(address ->
                            withConnections(
                                    DatabaseConfig.of(
                                            address.url(),
                                            address.user().or(() -> user).orElse("wolverine"),
                                            address.password()
                                                    .or(() -> password.map(Secret::reveal))
                                                    .orElse(""))));
        }

        /** The same server with as many connections as are set. */
        public DatabaseConfig withConnections(DatabaseConfig server) {
            return new DatabaseConfig(
                    server.url(),
                    server.user(),
                    server.password(),
                    writerConnections,
                    readerConnections);
        }

        /** Where questions are asked; with the credentials of the other if it names none. */
        public DatabaseConfig readers(DatabaseConfig primary) {
            return readerUrl
                    .map(text -> parse("database.reader-url", text.reveal()))
                    .map(address ->
                            withConnections(
                                    DatabaseConfig.of(
                                            address.url(),
                                            address.user().orElse(primary.user()),
                                            address.password().orElse(primary.password()))))
                    .orElse(primary);
        }

        private static DatabaseUrl parse(String key, String url) {
            try {
                return DatabaseUrl.parse(url);
            } catch (IllegalArgumentException e) {
                throw refused(key, "***", "postgresql://user:password@host:port/name");
            }
        }
    }

    /**
     * Redis.
     *
     * @param url of an external server, with its password; empty: one of our own
     * @param embeddedMaxMemoryMb what our own may hold, MiB
     */
    public record Redis(Optional<Secret> url, int embeddedMaxMemoryMb) {

        public Redis {
            url.ifPresent(text -> parse(text.reveal()));
            require(
                    embeddedMaxMemoryMb >= 16 && embeddedMaxMemoryMb <= 1_048_576,
                    "redis.embedded-max-memory-mb",
                    embeddedMaxMemoryMb,
                    "16 to 1048576");
        }

        /** The external server; empty: run one of our own. */
        public Optional<URI> external() {
            return url.map(text -> parse(text.reveal()));
        }

        private static URI parse(String url) {
            try {
                URI uri = new URI(url);
                if (uri.getHost() != null
                        && ("redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme()))) {
                    return uri;
                }
            } catch (URISyntaxException e) {
                // Said below, without the text: it has a password in it.
            }
            throw refused("redis.url", "***", "redis://:password@host:port/0");
        }
    }

    /**
     * How long data is kept.
     *
     * @param raw heartbeats and their snapshots, by client time
     * @param usage what follows from them: usage, repairs, restarts, changes of status
     * @param quarantineMaxRows bodies in quarantine, of each organisation
     * @param quarantineMaxBytes of these bodies together
     */
    public record Retention(
            Duration raw, Duration usage, int quarantineMaxRows, long quarantineMaxBytes) {
        public Retention {
            require(
                    quarantineMaxRows >= 0,
                    "retention.quarantine-max-rows",
                    quarantineMaxRows,
                    "at least 0");
            require(
                    quarantineMaxBytes >= 0,
                    "retention.quarantine-max-bytes",
                    quarantineMaxBytes,
                    "at least 0");
            require(
                    raw.compareTo(Duration.ofDays(2)) >= 0
                            && raw.compareTo(Duration.ofDays(3_650)) <= 0,
                    "retention.raw",
                    raw,
                    "2d to 3650d");
            require(
                    usage.compareTo(raw) >= 0 && usage.compareTo(Duration.ofDays(36_500)) <= 0,
                    "retention.usage",
                    usage,
                    "retention.raw to 36500d");
        }

        /** What each organisation may fill. */
        public QuarantineLimit quarantine() {
            return new QuarantineLimit(quarantineMaxRows, quarantineMaxBytes);
        }
    }

    /**
     * How people are told of alerts.
     *
     * @param channelsAtOnce that are delivered to at a time
     * @param messagesPerMinute that a channel gets at most
     * @param openNetworks private networks that channels may lead to, by http too, as `10.0.0.0/8`
     * @param slackApi where the methods of Slack are
     */
    public record Notifications(
            int channelsAtOnce,
            int messagesPerMinute,
            Optional<Set<String>> openNetworks,
            String slackApi,
            Smtp smtp,
            Watchdog watchdog) {

        public Notifications {
            require(
                    channelsAtOnce >= 1 && channelsAtOnce <= 1_000,
                    "notifications.channels-at-once",
                    channelsAtOnce,
                    "1 to 1000");
            require(
                    messagesPerMinute >= 2 && messagesPerMinute <= 60,
                    "notifications.messages-per-minute",
                    messagesPerMinute,
                    "2 to 60");
            networks(openNetworks);
        }

        static Notifications defaults() {
            return new Notifications(
                    32,
                    5,
                    Optional.empty(),
                    "https://slack.com/api",
                    new Smtp(
                            Optional.empty(),
                            587,
                            MailSettings.Encryption.STARTTLS,
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty()),
                    new Watchdog(Optional.empty()));
        }

        /** What channels may lead to. */
        public OutboundRules outbound() {
            return new OutboundRules(networks(openNetworks));
        }

        private static List<Network> networks(Optional<Set<String>> texts) {
            try {
                return texts.orElse(Set.of()).stream().map(Network::parse).toList();
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "notifications.open-networks: " + e.getMessage(), e);
            }
        }
    }

    /**
     * The server that sends our mail.
     *
     * @param host none: no mail is sent
     * @param user if the server asks for one
     * @param from the address that mails come from
     */
    public record Smtp(
            Optional<String> host,
            int port,
            MailSettings.Encryption encryption,
            Optional<String> user,
            Optional<Secret> password,
            Optional<String> from) {

        private static final Duration TIMEOUT = Duration.ofSeconds(20);

        public Smtp {
            require(port >= 1 && port <= 65_535, "notifications.smtp.port", port, "1 to 65535");
            require(
                    host.isEmpty() || from.isPresent(),
                    "notifications.smtp.from",
                    "missing",
                    "an address, name@host, where notifications.smtp.host is set");
            require(
                    from.isEmpty() || from.get().matches("[\\x21-\\x7e&&[^@<>]]+@[A-Za-z0-9.-]+"),
                    "notifications.smtp.from",
                    from.orElse(""),
                    "an address, name@host");
            require(
                    user.isPresent() == password.isPresent(),
                    "notifications.smtp.user",
                    user.isPresent() ? "without notifications.smtp.password" : "missing",
                    "both or none");
        }

        /** Empty: no mail is sent. */
        public Optional<MailSettings> settings() {
            return host.map(name ->
                    new MailSettings(
                            name,
                            port,
                            encryption,
                            user,
                            password.map(text -> new SecretText(text.reveal())),
                            from.orElseThrow(),
                            TIMEOUT));
        }
    }

    /**
     * Who is told every minute that the platform is well.
     *
     * @param url asked with GET; none: nobody
     */
    public record Watchdog(Optional<Secret> url) {}

    /**
     * What secrets of channels are sealed with.
     *
     * @param keyFile the same for all processes on one database; none: `secrets.key` in the data
     *     directory
     */
    public record Secrets(Optional<Path> keyFile) {

        /** The file. */
        public Path file(Data data) {
            return keyFile.orElseGet(() -> data.dir().resolve("secrets.key"));
        }
    }

    /**
     * What is shown of the fleet.
     *
     * @param archiveAfter silence after which a server is put away; empty: people alone do that
     */
    public record Fleet(Optional<Duration> archiveAfter) {
        public Fleet {
            archiveAfter.ifPresent(after ->
                    require(
                            after.compareTo(Duration.ofDays(1)) >= 0
                                    && after.compareTo(Duration.ofDays(3_650)) <= 0,
                            "fleet.archive-after",
                            after,
                            "1d to 3650d"));
        }
    }

    /** The log file of the platform. */
    public record Log(Level level) {}

    /** Keys and passwords do not cross a network in the clear. */
    private static void requirePrivate(String key, String host, boolean isPrivate) {
        require(
                isPrivate || isLoopback(host),
                key,
                host,
                "a loopback address, or tls.certificate and tls.key, or http.trusted-proxies");
    }

    private static boolean isLoopback(String host) {
        try {
            return host.equalsIgnoreCase("localhost")
                    || InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void requirePort(String key, int port) {
        require(port >= 0 && port <= 65_535, key, port, "0 to 65535, 0 for any free port");
    }

    private static void require(boolean holds, String key, Object value, String expected) {
        if (!holds) {
            throw refused(key, value, expected);
        }
    }

    private static IllegalArgumentException refused(String key, Object value, String expected) {
        return new IllegalArgumentException(key + ": " + value + " (expected: " + expected + ")");
    }
}
