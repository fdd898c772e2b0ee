package dev.wolverine.web;

import dev.wolverine.alerts.detect.InstanceHistories;
import dev.wolverine.alerts.engine.Backtest;
import dev.wolverine.db.DatabaseConfig;
import dev.wolverine.db.QuarantineLimit;
import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.UsageLimits;
import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.KeyRecord;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.AlertStore;
import dev.wolverine.db.postgres.AuditLog;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.postgres.DeleteQuarantinedBodies;
import dev.wolverine.db.postgres.EnrolmentStore;
import dev.wolverine.db.postgres.HeartbeatStore;
import dev.wolverine.db.postgres.KeyStore;
import dev.wolverine.db.postgres.LinkStore;
import dev.wolverine.db.postgres.MarkStore;
import dev.wolverine.db.postgres.PairingStore;
import dev.wolverine.db.postgres.Partitions;
import dev.wolverine.db.postgres.PersonStore;
import dev.wolverine.db.postgres.RuleStore;
import dev.wolverine.db.postgres.SelectAlerts;
import dev.wolverine.db.postgres.SavedViewStore;
import dev.wolverine.db.postgres.SelectCollisions;
import dev.wolverine.db.postgres.SelectCommits;
import dev.wolverine.db.postgres.SelectHistory;
import dev.wolverine.db.postgres.SelectInstancesByName;
import dev.wolverine.db.postgres.SelectKeyChanges;
import dev.wolverine.db.postgres.SelectServerMarks;
import dev.wolverine.db.postgres.SelectServerStates;
import dev.wolverine.db.postgres.SelectServerTags;
import dev.wolverine.db.postgres.SelectStatusBegins;
import dev.wolverine.db.postgres.SelectStorage;
import dev.wolverine.db.postgres.SessionStore;
import dev.wolverine.db.postgres.SilenceStore;
import dev.wolverine.db.postgres.UserStore;
import dev.wolverine.db.reader.ReaderPool;
import dev.wolverine.db.reader.SelectAudit;
import dev.wolverine.db.reader.SelectHeartbeatSeries;
import dev.wolverine.db.reader.SelectQuarantine;
import dev.wolverine.db.reader.SelectQuarantinedBody;
import dev.wolverine.db.reader.SelectRepairs;
import dev.wolverine.db.reader.SelectSavedViews;
import dev.wolverine.db.reader.SelectServerEvents;
import dev.wolverine.db.reader.SelectUsageOfServer;
import dev.wolverine.db.reader.SelectSnapshotSamples;
import dev.wolverine.db.redis.KeyBus;
import dev.wolverine.db.redis.LiveState;
import dev.wolverine.ingest.Admission;
import dev.wolverine.ingest.GroupCommitWriter;
import dev.wolverine.ingest.HeapReading;
import dev.wolverine.ingest.HeartbeatIntake;
import dev.wolverine.ingest.HeartbeatReplay;
import dev.wolverine.ingest.IngestConfig;
import dev.wolverine.ingest.InstanceNames;
import dev.wolverine.ingest.KeyAuthenticator;
import dev.wolverine.ingest.KeyWatch;
import dev.wolverine.ingest.decode.BeatReader;
import dev.wolverine.ingest.grpc.GrpcConfig;
import dev.wolverine.ingest.grpc.GrpcServer;
import dev.wolverine.query.FleetFollower;
import dev.wolverine.query.FleetIndex;
import dev.wolverine.query.HeartbeatSeriesQuery;
import dev.wolverine.query.ServerTimeline;
import dev.wolverine.query.ServerView;
import dev.wolverine.query.StatusRule;
import dev.wolverine.query.StorageForecast;
import dev.wolverine.query.StorageWatch;
import dev.wolverine.web.api.OperationsHandler;
import dev.wolverine.web.app.NotificationParts;
import dev.wolverine.web.config.PlatformConfig;
import dev.wolverine.web.app.AnalyticsParts;
import dev.wolverine.web.api.ServerDetailHandler;
import dev.wolverine.web.http.HttpSettings;
import dev.wolverine.web.live.LiveSettings;
import dev.wolverine.web.session.FirstOwner;
import dev.wolverine.web.session.Links;
import dev.wolverine.web.session.PasswordHasher;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The platform behind HTTP, from socket to a real PostgreSQL, for one test class. */
public final class TestPlatform implements AutoCloseable {

    private final SecureRandom random = new SecureRandom();
    private final MovableClock clock = new MovableClock();
    private final Vertx vertx = Vertx.vertx();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicLong nanoTime = new AtomicLong();
    private final AtomicBoolean redisUp = new AtomicBoolean(true);
    private final AutoCloseable storage;
    private final Database database;
    private final ReaderPool readers;
    private final AnalyticsParts analytics;
    private final GroupCommitWriter writer;
    private final FleetFollower follower;
    private final KeyStore keys;
    private final Optional<InRedis> inRedis;
    private final KeyWatch keyWatch;
    private final FirstOwner.Login owner;
    private final UUID organisation;
    private final RecordedActions actions = new RecordedActions();
    private final NotificationParts notifications;
    private final WebServer server;
    private final GrpcServer grpc;

    public static TestPlatform start() {
        return start(IngestConfig.defaults());
    }

    public static TestPlatform start(IngestConfig ingest) {
        return start(HttpSettings.of("127.0.0.1", 0, false), LiveSettings.defaults(), ingest);
    }

    public static TestPlatform start(HttpSettings http, LiveSettings live) {
        return start(http, live, IngestConfig.defaults());
    }

    /** With everything that the platform does in Redis. */
    public static TestPlatform startOn(URI redis) {
        TestDatabase testDatabase = TestDatabase.create();
        return start(
                testDatabase.config(),
                testDatabase,
                Optional.of(redis),
                HttpSettings.of("127.0.0.1", 0, false),
                LiveSettings.defaults(),
                IngestConfig.defaults());
    }

    /** On a database that is somebody else's to mistreat and to close. */
    public static TestPlatform startOn(DatabaseConfig config) {
        return start(
                config,
                () -> {},
                Optional.empty(),
                HttpSettings.of("127.0.0.1", 0, false),
                LiveSettings.defaults(),
                IngestConfig.defaults());
    }

    private static TestPlatform start(HttpSettings http, LiveSettings live, IngestConfig ingest) {
        TestDatabase testDatabase = TestDatabase.create();
        return start(testDatabase.config(), testDatabase, Optional.empty(), http, live, ingest);
    }

    private static TestPlatform start(
            DatabaseConfig config,
            AutoCloseable storage,
            Optional<URI> redis,
            HttpSettings http,
            LiveSettings live,
            IngestConfig ingest) {
        try {
            return new TestPlatform(config, storage, redis, http, live, ingest);
        } catch (IOException | SQLException e) {
            throw new IllegalStateException("the test platform does not start", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private TestPlatform(
            DatabaseConfig config,
            AutoCloseable storage,
            Optional<URI> redis,
            HttpSettings http,
            LiveSettings live,
            IngestConfig ingest)
            throws IOException, SQLException, InterruptedException {
        this.storage = storage;
        database = new Database(config);
        database.migrate();
        keys = new KeyStore(database.writer());
        UserStore users = new UserStore(database.writer());
        PasswordHasher hasher = new PasswordHasher(random);
        owner =
                new FirstOwner(
                                users,
                                new Links(new LinkStore(database.writer()), hasher, random, clock),
                                hasher,
                                random,
                                clock)
                        .create()
                        .orElseThrow();
        organisation = organisation(FirstOwner.ORGANISATION);
        FleetIndex index = new FleetIndex(new StatusRule(clock.instant()), clock);
        follower =
                new FleetFollower(
                        index,
                        new SelectCommits(database.writer()),
                        new SelectServerStates(database.writer()),
                        new SelectServerMarks(database.writer()),
                        new SelectStatusBegins(database.writer()),
                        registry);
        follower.start();
        Partitions partitions = new Partitions(database.owner());
        writer =
                new GroupCommitWriter(
                        ingest,
                        () ->
                                new HeartbeatStore(
                                        database.writer(),
                                        partitions,
                                        clock,
                                        1_000,
                                        QuarantineLimit.DEFAULT,
                                        UsageLimits.DEFAULT,
                                        registry),
                        List.of(follower::committed),
                        random,
                        registry);
        readers = new ReaderPool(vertx, config);
        InstanceNames names =
                new InstanceNames(
                        new SelectInstancesByName(database.writer()), threads, nanoTime::get);
        Duration retention = Duration.ofDays(90);
        KeyAuthenticator authenticator = new KeyAuthenticator(keys, clock, threads);
        inRedis = redis.map(uri -> new InRedis(uri, index, registry));
        keyWatch =
                new KeyWatch(
                        authenticator,
                        new SelectKeyChanges(database.writer()),
                        change -> inRedis.ifPresent(all -> all.bus.tell(change)));
        HeartbeatIntake intake =
                new HeartbeatIntake(
                        writer,
                        new Admission(ingest, HeapReading::now, nanoTime::get, random, registry),
                        names,
                        new BeatReader(ingest.templates().maxBytes(), random, registry),
                        ingest.clock(),
                        retention,
                        registry);
        StorageForecast forecast =
                new StorageForecast(retention, retention.multipliedBy(2), Duration.ofHours(26));
        StorageWatch storageWatch =
                new StorageWatch(
                        new SelectStorage(database.owner()),
                        forecast,
                        () -> OptionalLong.of(1L << 40),
                        clock,
                        registry);
        storageWatch.refresh();
        notifications = notifications();
        notifications.start();
        analytics = AnalyticsParts.of(database, readers, clock, registry);
        server =
                new WebServer(
                        vertx,
                        http,
                        live,
                        new WebServer.Parts(
                                authenticator,
                                intake,
                                new HeartbeatReplay(writer, names, ingest.clock(), retention),
                                index,
                                new WebServer.Reading(
                                        new HeartbeatSeriesQuery(
                                                new SelectHeartbeatSeries(readers)),
                                        new ServerDetailHandler.Details(
                                                new ServerTimeline(
                                                        new SelectServerEvents(readers),
                                                        new SelectSnapshotSamples(readers)),
                                                new SelectRepairs(readers),
                                                new SelectUsageOfServer(readers),
                                                new SelectSnapshotSamples(readers)),
                                        new SelectSavedViews(readers),
                                        new SavedViewStore(database.writer()),
                                        new MarkStore(database.writer())),
                                keys,
                                new WebServer.Enrolment(
                                        new EnrolmentStore(database.writer()),
                                        new PairingStore(database.writer()),
                                        new SelectCollisions(database.writer())),
                                new WebServer.Alerts(
                                        new AlertStore(database.writer()),
                                        new SelectAlerts(database.writer()),
                                        new RuleStore(database.writer()),
                                        new SilenceStore(database.writer()),
                                        new Backtest(
                                                new SelectServerStates(database.writer()),
                                                new SelectServerTags(database.writer()),
                                                new SelectHistory(database.writer()),
                                                () -> new InstanceHistories(database.writer())),
                                        () -> {}),
                                keyWatch::changedHere,
                                end -> inRedis.ifPresent(all -> all.bus.tell(end)),
                                users,
                                new SessionStore(database.writer()),
                                new PersonStore(database.writer()),
                                new LinkStore(database.writer()),
                                new AuditLog(database.writer()),
                                new SelectAudit(readers),
                                new SelectQuarantine(readers),
                                new SelectQuarantinedBody(readers),
                                new DeleteQuarantinedBodies(database.writer(), clock),
                                new WebServer.Storage(storageWatch::latest, forecast),
                                notifications.forWeb(readers, actions),
                                analytics.web(),
                                new OperationsHandler.Readiness(
                                        database::isReachable, redisUp::get, follower::isFilled),
                                registry),
                        hasher,
                        () -> 9090,
                        random,
                        clock);
        server.start();
        grpc =
                new GrpcServer(
                        new GrpcConfig("127.0.0.1", 0),
                        http.identity(),
                        peer -> true,
                        ingest.stream(),
                        intake,
                        authenticator,
                        clock);
        grpc.start();
        keyWatch.start(List.of(grpc, server));
        inRedis.ifPresent(all -> all.start(keyWatch, server));
    }

    /** Channels may lead to this machine. */
    private NotificationParts notifications() {
        PlatformConfig.Notifications shipped = PlatformConfig.defaults().notifications();
        return new NotificationParts(
                new PlatformConfig.Notifications(
                        shipped.channelsAtOnce(),
                        shipped.messagesPerMinute(),
                        Optional.of(Set.of("127.0.0.0/8")),
                        shipped.slackApi(),
                        shipped.smtp(),
                        shipped.watchdog()),
                new byte[32],
                database.writer(),
                List.of(),
                random,
                clock,
                registry);
    }

    /** What people have done to alerts from elsewhere, oldest first. */
    public List<String> actions() {
        return actions.done();
    }

    public int port() {
        return server.port();
    }

    public URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + port() + pathAndQuery);
    }

    /** What the limits of the intake go by: stands still unless it is moved. */
    public AtomicLong nanoTime() {
        return nanoTime;
    }

    /** Lets time pass for all but the clock that heartbeats are held against. */
    public void forward(Duration by) {
        clock.ahead = clock.ahead.plus(by);
    }

    public FirstOwner.Login owner() {
        return owner;
    }

    public UUID organisation() {
        return organisation;
    }

    public WebServer server() {
        return server;
    }

    public Database database() {
        return database;
    }

    /** Adds up what was used, as the job does some seconds after a commit. */
    public void addUpUsage() {
        analytics.rollup().catchUp();
    }

    public PrometheusMeterRegistry registry() {
        return registry;
    }

    /** What the readiness check of Redis says from now on. */
    public void redisIs(boolean up) {
        redisUp.set(up);
    }

    /** Where heartbeats can be streamed to. */
    public int grpcPort() {
        return grpc.port();
    }

    /** A new key of one instance of an organisation. */
    public String instanceKey(UUID ofOrganisation, String instanceId) {
        ApiKey key = ApiKey.generate(ApiKey.Kind.INSTANCE, random);
        insert(ofOrganisation, Role.INGEST, instanceId, key);
        return key.text();
    }

    /** A new key of the organisation. */
    public String key(Role role) {
        return key(organisation, role);
    }

    /** A new key of another organisation. */
    public String key(UUID ofOrganisation, Role role) {
        ApiKey key = ApiKey.generate(ApiKey.Kind.ORGANISATION, random);
        insert(ofOrganisation, role, null, key);
        return key.text();
    }

    private void insert(UUID ofOrganisation, Role role, @Nullable String instanceId, ApiKey key) {
        keys.insert(
                new KeyRecord(
                        key.id(),
                        ofOrganisation,
                        key.kind(),
                        role,
                        "test",
                        instanceId,
                        key.secretHash(),
                        key.lastFour(),
                        Instant.now().truncatedTo(ChronoUnit.MICROS),
                        "test",
                        null,
                        null,
                        null,
                        null,
                        null));
    }

    /** A new, empty organisation. */
    public UUID newOrganisation(String name) {
        try (Connection connection = database.owner().getConnection();
                PreparedStatement insert =
                        connection.prepareStatement(
                                "INSERT INTO organisations (name) VALUES (?)")) {
            insert.setString(1, name);
            insert.executeUpdate();
            return organisation(name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a statement as who writes for all organisations. */
    public void execute(String sql) {
        execute(database.writer(), sql);
    }

    /** Runs a statement as who owns the tables. */
    public void administer(String sql) {
        execute(database.owner(), sql);
    }

    /** The first column of what a question of who writes for all organisations finds. */
    public List<String> texts(String sql) {
        try (Connection connection = database.writer().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static void execute(DataSource source, String sql) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private UUID organisation(String name) throws SQLException {
        try (Connection connection = database.owner().getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                "SELECT id FROM organisations WHERE name = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getObject(1, UUID.class);
            }
        }
    }

    @Override
    public void close() {
        inRedis.ifPresent(InRedis::close);
        keyWatch.close();
        grpc.close();
        server.close();
        notifications.close();
        writer.close();
        follower.close();
        readers.close();
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
            threads.close();
            database.close();
            storage.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class MovableClock extends Clock {

        private volatile Duration ahead = Duration.ZERO;

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("nobody asks for one");
        }
    }

    /** What the platform writes and says there. */
    private static final class InRedis implements AutoCloseable {

        private final LiveState live;
        private final KeyBus bus;

        InRedis(URI uri, FleetIndex index, PrometheusMeterRegistry registry) {
            live = new LiveState(uri, Duration.ofMinutes(5), index::states, registry);
            bus = new KeyBus(uri, registry);
            index.subscribeAll(change -> {
                live.offer(change.servers().stream().map(ServerView::state).toList());
                index.organisations().forEach(organisation -> offerStats(index, organisation));
            });
        }

        void start(KeyWatch keyWatch, WebServer server) {
            live.start();
            bus.start(keyWatch::heard, server::sessionEnded, keyWatch::catchUp);
        }

        private void offerStats(FleetIndex index, UUID organisation) {
            live.offerStats(
                    organisation,
                    index.counts(organisation).entrySet().stream()
                            .collect(
                                    Collectors.toMap(
                                            count -> count.getKey().label(), Map.Entry::getValue)));
        }

        @Override
        public void close() {
            bus.close();
            live.close();
        }
    }
}
