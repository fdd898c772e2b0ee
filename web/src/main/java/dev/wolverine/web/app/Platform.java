package dev.wolverine.web.app;

import dev.wolverine.alerts.detect.InstanceHistories;
import dev.wolverine.alerts.engine.AlertDeeds;
import dev.wolverine.alerts.engine.AlertEngine;
import dev.wolverine.alerts.engine.Backtest;
import dev.wolverine.alerts.engine.Fleet;
import dev.wolverine.alerts.engine.InstanceMemory;
import dev.wolverine.alerts.engine.StoredHistory;
import dev.wolverine.alerts.notify.PipelineAge;
import dev.wolverine.alerts.notify.SecretKeyFile;
import dev.wolverine.db.DatabaseConfig;
import dev.wolverine.db.postgres.AlertEvents;
import dev.wolverine.db.postgres.AlertStore;
import dev.wolverine.db.postgres.AuditEvents;
import dev.wolverine.db.postgres.AuditLog;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.postgres.DeleteOldDeliveries;
import dev.wolverine.db.postgres.DeleteQuarantine;
import dev.wolverine.db.postgres.DeleteQuarantinedBodies;
import dev.wolverine.db.postgres.EnrolmentStore;
import dev.wolverine.db.postgres.HeartbeatStore;
import dev.wolverine.db.postgres.KeyStore;
import dev.wolverine.db.postgres.LeaderLock;
import dev.wolverine.db.postgres.LinkStore;
import dev.wolverine.db.postgres.LiveEventStore;
import dev.wolverine.db.postgres.MarkStore;
import dev.wolverine.db.postgres.PairingStore;
import dev.wolverine.db.postgres.Partitions;
import dev.wolverine.db.postgres.PersonStore;
import dev.wolverine.db.postgres.RepairEvents;
import dev.wolverine.db.postgres.RuleStore;
import dev.wolverine.db.postgres.SavedViewStore;
import dev.wolverine.db.postgres.SelectAlerts;
import dev.wolverine.db.postgres.SelectCollisions;
import dev.wolverine.db.postgres.SelectCommits;
import dev.wolverine.db.postgres.SelectHistory;
import dev.wolverine.db.postgres.SelectInstancesByName;
import dev.wolverine.db.postgres.SelectKeyChanges;
import dev.wolverine.db.postgres.SelectNewestCommit;
import dev.wolverine.db.postgres.SelectPlatformAlive;
import dev.wolverine.db.postgres.SelectReopened;
import dev.wolverine.db.postgres.SelectServerMarks;
import dev.wolverine.db.postgres.SelectServerStates;
import dev.wolverine.db.postgres.SelectServerTags;
import dev.wolverine.db.postgres.SelectSpendingFindings;
import dev.wolverine.db.postgres.SelectStatusBegins;
import dev.wolverine.db.postgres.SelectStorage;
import dev.wolverine.db.postgres.SessionStore;
import dev.wolverine.db.postgres.SilenceStore;
import dev.wolverine.db.postgres.UpdatePlatformAlive;
import dev.wolverine.db.postgres.UptimeStore;
import dev.wolverine.db.postgres.UsageReconciliation;
import dev.wolverine.db.postgres.UserStore;
import dev.wolverine.db.reader.ReaderPool;
import dev.wolverine.db.reader.SelectAudit;
import dev.wolverine.db.reader.SelectHeartbeatSeries;
import dev.wolverine.db.reader.SelectQuarantine;
import dev.wolverine.db.reader.SelectQuarantinedBody;
import dev.wolverine.db.reader.SelectRepairs;
import dev.wolverine.db.reader.SelectSavedViews;
import dev.wolverine.db.reader.SelectServerEvents;
import dev.wolverine.db.reader.SelectSnapshotSamples;
import dev.wolverine.db.reader.SelectUsageOfServer;
import dev.wolverine.db.redis.KeyBus;
import dev.wolverine.db.redis.LiveState;
import dev.wolverine.ingest.Admission;
import dev.wolverine.ingest.GroupCommitWriter;
import dev.wolverine.ingest.HeapReading;
import dev.wolverine.ingest.HeartbeatIntake;
import dev.wolverine.ingest.HeartbeatReplay;
import dev.wolverine.ingest.InstanceNames;
import dev.wolverine.ingest.KeyAuthenticator;
import dev.wolverine.ingest.KeyWatch;
import dev.wolverine.ingest.PlatformBeat;
import dev.wolverine.ingest.decode.BeatReader;
import dev.wolverine.ingest.grpc.GrpcServer;
import dev.wolverine.query.FleetFollower;
import dev.wolverine.query.FleetIndex;
import dev.wolverine.query.HeartbeatSeriesQuery;
import dev.wolverine.query.ServerTimeline;
import dev.wolverine.query.ServerView;
import dev.wolverine.query.StatusRule;
import dev.wolverine.query.StorageForecast;
import dev.wolverine.query.StorageWatch;
import dev.wolverine.query.UptimeRollup;
import dev.wolverine.query.UsageReconciler;
import dev.wolverine.web.WebServer;
import dev.wolverine.web.api.OperationsHandler;
import dev.wolverine.web.api.ServerDetailHandler;
import dev.wolverine.web.config.PlatformConfig;
import dev.wolverine.web.http.HttpSettings;
import dev.wolverine.web.live.LiveSettings;
import dev.wolverine.web.live.PostgresEventFeed;
import dev.wolverine.web.session.FirstOwner;
import dev.wolverine.web.session.Links;
import dev.wolverine.web.session.PasswordHasher;
import dev.wolverine.web.tls.ServerIdentity;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * The platform, running: which parts there are, and what each is given. Reading this class is
 * reading the architecture.
 */
public final class Platform implements AutoCloseable {

    private static final Duration STATE_LIFE = Duration.ofMinutes(5);

    private final Clock clock = Clock.systemUTC();
    private final SecureRandom random = new SecureRandom();
    private final OpenParts parts = new OpenParts();
    private final GrpcServer grpc;
    private final WebServer web;
    private final Optional<FirstOwner.Login> firstLogin;

    /**
     * Starts everything on servers that are up; returns when it is ready.
     *
     * @param redis with its password
     * @throws dev.wolverine.db.StorageException if the database cannot be reached or migrated
     * @throws StartupException if a port cannot be bound
     */
    public static Platform start(PlatformConfig config, DatabaseConfig storage, URI redis) {
        return new Platform(config, storage, redis);
    }

    private Platform(PlatformConfig config, DatabaseConfig storage, URI redis) {
        try {
            Meters meters = parts.add(new Meters());

            // What is stored.
            Database database = parts.add(new Database(storage));
            database.migrate(config.storage());
            Partitions partitions =
                    new Partitions(database.owner(), config.storage().partitions(), clock);
            KeyStore keyStore = new KeyStore(database.writer());
            PairingStore pairing = new PairingStore(database.writer());
            MarkStore marks = new MarkStore(database.writer());
            UserStore users = new UserStore(database.writer());
            LinkStore links = new LinkStore(database.writer());
            SelectCommits commits = new SelectCommits(database.writer());

            PasswordHasher passwords = new PasswordHasher(random);
            firstLogin =
                    new FirstOwner(
                                    users,
                                    new Links(links, passwords, random, clock),
                                    passwords,
                                    random,
                                    clock)
                            .create();

            // Questions: the fleet in memory, its copy in Redis, and series from the database.
            FleetIndex fleet = new FleetIndex(new StatusRule(clock.instant()), clock);
            LiveState live =
                    parts.add(new LiveState(redis, STATE_LIFE, fleet::states, meters.registry()));
            fleet.subscribeAll(change ->
                    live.offer(change.servers().stream().map(ServerView::state).toList()));
            FleetFollower follower =
                    parts.add(
                            new FleetFollower(
                                    fleet,
                                    commits,
                                    new SelectServerStates(database.writer()),
                                    new SelectServerMarks(database.writer()),
                                    new SelectStatusBegins(database.writer()),
                                    meters.registry()));
            Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
            parts.add(() -> vertx.close().await());
            ReaderPool readers =
                    parts.add(new ReaderPool(vertx, config.database().readers(storage)));

            // What is wrong: judged behind the commits, by one of all processes.
            SelectServerStates serverStates = new SelectServerStates(database.writer());
            SelectServerTags serverTags = new SelectServerTags(database.writer());
            SelectHistory history = new SelectHistory(database.writer());
            AlertStore alertStore = new AlertStore(database.writer());
            RuleStore rules = new RuleStore(database.writer());
            AlertEngine alertEngine =
                    parts.add(
                            new AlertEngine(
                                    new AlertEngine.Parts(
                                            alertStore,
                                            rules,
                                            commits,
                                            new SelectPlatformAlive(database.writer()),
                                            new LeaderLock(database.writer(), AlertEngine.LOCK),
                                            new InstanceMemory(
                                                    new InstanceHistories(database.writer()),
                                                    new SelectSpendingFindings(database.writer())),
                                            new Fleet(
                                                    serverStates,
                                                    serverTags,
                                                    StoredHistory.of(history))),
                                    List.of(new LiveAlerts(live)),
                                    config.http().publicUrl().map(url -> url.replaceAll("/+$", "")),
                                    clock,
                                    System::nanoTime,
                                    meters.registry()));
            SelectAlerts selectAlerts = new SelectAlerts(database.writer());
            AlertDeeds deeds = new AlertDeeds(selectAlerts, alertStore, alertEngine::wake, clock);
            WebServer.Alerts alerts =
                    new WebServer.Alerts(
                            deeds,
                            selectAlerts,
                            rules,
                            new SilenceStore(database.writer()),
                            new Backtest(
                                    serverStates,
                                    serverTags,
                                    history,
                                    () -> new InstanceHistories(database.writer())),
                            alertEngine::wake);

            // Heartbeats in.
            FreeDisk disk = new FreeDisk(config);
            GroupCommitWriter writer =
                    parts.add(
                            new GroupCommitWriter(
                                    config.ingest(),
                                    () ->
                                            new HeartbeatStore(
                                                    database.writer(),
                                                    partitions,
                                                    clock,
                                                    config.ingest().maxCachedServers(),
                                                    config.retention().quarantine(),
                                                    config.usage(),
                                                    meters.registry()),
                                    List.of(follower::committed, alertEngine::committed),
                                    random,
                                    meters.registry()));
            ExecutorService lookUps = Executors.newVirtualThreadPerTaskExecutor();
            parts.add(lookUps);
            InstanceNames names =
                    new InstanceNames(
                            new SelectInstancesByName(database.writer()),
                            lookUps,
                            System::nanoTime);
            HeartbeatIntake intake =
                    new HeartbeatIntake(
                            writer,
                            new Admission(
                                    config.ingest(),
                                    HeapReading::now,
                                    disk.gate(),
                                    System::nanoTime,
                                    random,
                                    meters.registry()),
                            names,
                            new BeatReader(
                                    config.ingest().templates().maxBytes(),
                                    random,
                                    meters.registry()),
                            config.ingest().clock(),
                            config.retention().raw(),
                            meters.registry());
            KeyAuthenticator keys = new KeyAuthenticator(keyStore, clock, lookUps);
            KeyBus keyBus = parts.add(new KeyBus(redis, meters.registry()));
            KeyWatch keyWatch =
                    parts.add(
                            new KeyWatch(
                                    keys, new SelectKeyChanges(database.writer()), keyBus::tell));

            PlatformBeat beat =
                    parts.add(new PlatformBeat(new UpdatePlatformAlive(database.writer())));

            // Behind the write path.
            UptimeRollup uptime =
                    parts.add(
                            new UptimeRollup(
                                    new UptimeStore(database.writer()),
                                    new SelectReopened(database.writer()),
                                    config.retention().raw(),
                                    clock,
                                    meters.registry()));

            UsageReconciler reconciler =
                    parts.add(
                            new UsageReconciler(
                                    new UsageReconciliation(database.writer()), meters.registry()));

            AnalyticsParts analytics =
                    parts.add(AnalyticsParts.of(database, readers, clock, meters.registry()));

            StorageForecast forecast =
                    new StorageForecast(
                            config.retention().raw().plus(Housekeeping.RAW_GRACE),
                            config.retention().usage().plus(Housekeeping.RAW_GRACE),
                            config.storage().compressAfter());
            StorageWatch storageWatch =
                    new StorageWatch(
                            new SelectStorage(database.owner()),
                            forecast,
                            disk,
                            clock,
                            meters.registry());

            // Alerts out.
            SelectNewestCommit newestCommit = new SelectNewestCommit(database.writer());
            NotificationParts notifications =
                    parts.add(
                            new NotificationParts(
                                    config.notifications(),
                                    SecretKeyFile.readOrCreate(
                                            config.secrets().file(config.data()), random),
                                    database.writer(),
                                    List.of(
                                            new PipelineAge(
                                                    "newestBeat",
                                                    Duration.ofMinutes(2),
                                                    () ->
                                                            newestCommit
                                                                    .execute()
                                                                    .map(at ->
                                                                            Duration.between(
                                                                                    at,
                                                                                    clock
                                                                                            .instant()))),
                                            new PipelineAge(
                                                    "ruleLoop",
                                                    Duration.ofSeconds(30),
                                                    () -> Optional.of(alertEngine.age()))),
                                    random,
                                    clock,
                                    meters.registry()));

            // Edges.
            Optional<ServerIdentity> identity =
                    config.tls()
                            .certificate()
                            .map(certificate ->
                                    new ServerIdentity(
                                            certificate,
                                            config.tls().key().orElseThrow(),
                                            clock,
                                            meters.registry()));
            grpc =
                    parts.add(
                            new GrpcServer(
                                    config.grpc(),
                                    identity.map(Function.identity()),
                                    peer ->
                                            identity.isPresent()
                                                    || config.http().proxies().mayPass(peer),
                                    config.ingest().stream(),
                                    intake,
                                    keys,
                                    clock));
            web =
                    parts.add(
                            new WebServer(
                                    vertx,
                                    HttpSettings.of(
                                                    config.http().host(),
                                                    config.http().port(),
                                                    false)
                                            .with(
                                                    identity.map(Function.identity()),
                                                    config.http().proxies()),
                                    LiveSettings.defaults(),
                                    new WebServer.Parts(
                                            keys,
                                            intake,
                                            new HeartbeatReplay(
                                                    writer,
                                                    names,
                                                    config.ingest().clock(),
                                                    config.retention().raw()),
                                            fleet,
                                            new PostgresEventFeed(
                                                    new LiveEventStore(
                                                            database.writer(),
                                                            List.of(
                                                                    new AlertEvents(),
                                                                    new RepairEvents(),
                                                                    new AuditEvents()))),
                                            new WebServer.Reading(
                                                    new HeartbeatSeriesQuery(
                                                            new SelectHeartbeatSeries(readers)),
                                                    new ServerDetailHandler.Details(
                                                            new ServerTimeline(
                                                                    new SelectServerEvents(readers),
                                                                    new SelectSnapshotSamples(
                                                                            readers)),
                                                            new SelectRepairs(readers),
                                                            new SelectUsageOfServer(readers),
                                                            new SelectSnapshotSamples(readers)),
                                                    new SelectSavedViews(readers),
                                                    new SavedViewStore(database.writer()),
                                                    marks),
                                            keyStore,
                                            new WebServer.Enrolment(
                                                    new EnrolmentStore(database.writer()),
                                                    pairing,
                                                    new SelectCollisions(database.writer())),
                                            alerts,
                                            keyWatch::changedHere,
                                            keyBus::tell,
                                            users,
                                            new SessionStore(database.writer()),
                                            new PersonStore(database.writer()),
                                            links,
                                            new AuditLog(database.writer()),
                                            new SelectAudit(readers),
                                            new SelectQuarantine(readers),
                                            new SelectQuarantinedBody(readers),
                                            new DeleteQuarantinedBodies(database.writer(), clock),
                                            new WebServer.Storage(storageWatch::latest, forecast),
                                            notifications.forWeb(readers, deeds),
                                            analytics.web(),
                                            new OperationsHandler.Readiness(
                                                    database::isReachable,
                                                    live::isReachable,
                                                    follower::isFilled),
                                            meters.registry()),
                                    passwords,
                                    grpc::port,
                                    random,
                                    clock));

            Housekeeping housekeeping = parts.add(new Housekeeping(clock));
            housekeeping.keepPartitions(
                    partitions, config.retention().raw(), config.retention().usage());
            housekeeping.keepCompressed(partitions, config.storage().compressAfter());
            housekeeping.keepMeasured(storageWatch);
            housekeeping.keepQuarantine(
                    new DeleteQuarantine(database.writer()), config.retention().raw());
            housekeeping.keepCommits(commits);
            housekeeping.keepKeyUses(keys);
            identity.ifPresent(housekeeping::keepIdentity);
            housekeeping.keepEnrolments(keyStore, pairing);
            housekeeping.keepFleetStats(fleet, live);
            housekeeping.keepDeliveries(new DeleteOldDeliveries(database.writer()));
            config.fleet()
                    .archiveAfter()
                    .ifPresent(after -> housekeeping.keepArchive(marks, after));

            follower.start();
            live.start();
            grpc.start();
            web.start();
            keyWatch.start(List.of(grpc, web));
            keyBus.start(keyWatch::heard, web::sessionEnded, keyWatch::catchUp);
            beat.start();
            uptime.start();
            reconciler.start();
            notifications.start();
            alertEngine.start();
            analytics.start();
        } catch (InterruptedException e) {
            parts.close();
            Thread.currentThread().interrupt();
            throw new StartupException("stopped while starting");
        } catch (java.io.IOException | java.io.UncheckedIOException e) {
            parts.close();
            throw new StartupException(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /** The port that the dashboard and the HTTP interface answer at. */
    public int httpPort() {
        return web.port();
    }

    /** The port that takes heartbeats over gRPC. */
    public int grpcPort() {
        return grpc.port();
    }

    /** The first login, if this start has made it: to be shown once. */
    public Optional<FirstOwner.Login> firstLogin() {
        return firstLogin;
    }

    /** Takes nothing new, commits what was taken, and stops. */
    @Override
    public void close() {
        parts.close();
    }
}
