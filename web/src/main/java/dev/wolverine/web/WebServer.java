package dev.wolverine.web;

import dev.wolverine.alerts.engine.AlertDeeds;
import dev.wolverine.alerts.engine.Backtest;
import dev.wolverine.alerts.notify.AlertActions;
import dev.wolverine.alerts.notify.ChannelRules;
import dev.wolverine.alerts.notify.ChannelTrial;
import dev.wolverine.alerts.notify.ChannelVault;
import dev.wolverine.alerts.notify.PipelineAge;
import dev.wolverine.alerts.notify.SlackSignature;
import dev.wolverine.db.model.KeyChange;
import dev.wolverine.db.model.SessionEnd;
import dev.wolverine.db.postgres.AuditLog;
import dev.wolverine.db.postgres.BudgetStore;
import dev.wolverine.db.postgres.ChannelStore;
import dev.wolverine.db.postgres.DeleteQuarantinedBodies;
import dev.wolverine.db.postgres.EnrolmentStore;
import dev.wolverine.db.postgres.KeyStore;
import dev.wolverine.db.postgres.LinkStore;
import dev.wolverine.db.postgres.MarkStore;
import dev.wolverine.db.postgres.PairingStore;
import dev.wolverine.db.postgres.PersonStore;
import dev.wolverine.db.postgres.ReplayDelivery;
import dev.wolverine.db.postgres.RuleStore;
import dev.wolverine.db.postgres.SavedViewStore;
import dev.wolverine.db.postgres.SelectAlerts;
import dev.wolverine.db.postgres.SelectCollisions;
import dev.wolverine.db.postgres.SessionStore;
import dev.wolverine.db.postgres.SilenceStore;
import dev.wolverine.db.postgres.UserStore;
import dev.wolverine.db.reader.SelectAudit;
import dev.wolverine.db.reader.SelectDeliveries;
import dev.wolverine.db.reader.SelectQuarantine;
import dev.wolverine.db.reader.SelectQuarantinedBody;
import dev.wolverine.db.reader.SelectSavedViews;
import dev.wolverine.ingest.HeartbeatIntake;
import dev.wolverine.ingest.HeartbeatReplay;
import dev.wolverine.ingest.KeyAuthenticator;
import dev.wolverine.ingest.KeyHolder;
import dev.wolverine.query.FleetChange;
import dev.wolverine.query.FleetFilter;
import dev.wolverine.query.FleetIndex;
import dev.wolverine.query.FleetPage;
import dev.wolverine.query.FleetQuery;
import dev.wolverine.query.FleetSort;
import dev.wolverine.query.HeartbeatSeriesQuery;
import dev.wolverine.query.ServerView;
import dev.wolverine.query.Status;
import dev.wolverine.query.StorageForecast;
import dev.wolverine.query.StorageReport;
import dev.wolverine.web.api.AccountHandler;
import dev.wolverine.web.api.AlertHandler;
import dev.wolverine.web.api.AnalyticsHandler;
import dev.wolverine.web.api.AuditHandler;
import dev.wolverine.web.api.BudgetHandler;
import dev.wolverine.web.api.ChannelHandler;
import dev.wolverine.web.api.DashboardHandler;
import dev.wolverine.web.api.DeliveryHandler;
import dev.wolverine.web.api.DocsHandler;
import dev.wolverine.web.api.EnrolmentHandler;
import dev.wolverine.web.api.FleetHandler;
import dev.wolverine.web.api.FleetViewsHandler;
import dev.wolverine.web.api.HeartbeatHandler;
import dev.wolverine.web.api.KeyHandler;
import dev.wolverine.web.api.MarkHandler;
import dev.wolverine.web.api.OperationsHandler;
import dev.wolverine.web.api.PersonHandler;
import dev.wolverine.web.api.PipelineHandler;
import dev.wolverine.web.api.QuarantineHandler;
import dev.wolverine.web.api.RegisterHandler;
import dev.wolverine.web.api.RuleHandler;
import dev.wolverine.web.api.ServerDetailHandler;
import dev.wolverine.web.api.SessionHandler;
import dev.wolverine.web.api.SilenceHandler;
import dev.wolverine.web.api.SlackHandler;
import dev.wolverine.web.api.StorageHandler;
import dev.wolverine.web.api.ViewHandler;
import dev.wolverine.web.http.Authenticator;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.HttpListener;
import dev.wolverine.web.http.HttpMetrics;
import dev.wolverine.web.http.HttpSettings;
import dev.wolverine.web.http.Lane;
import dev.wolverine.web.lane.HeartbeatLanes;
import dev.wolverine.web.live.EventFeed;
import dev.wolverine.web.live.FleetFeed;
import dev.wolverine.web.live.LiveFeed;
import dev.wolverine.web.live.LiveSettings;
import dev.wolverine.web.session.Links;
import dev.wolverine.web.session.LoginThrottle;
import dev.wolverine.web.session.PasswordHasher;
import dev.wolverine.web.session.SessionCookie;
import dev.wolverine.web.session.Sessions;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Everything that speaks HTTP: the operations, the live feed and the dashboard on one port.
 *
 * <p>{@link #start()} and {@link #close()} block, once each. What it was given stays open.
 */
public final class WebServer implements KeyHolder, AutoCloseable {

    /**
     * More than the database has connections for: they wait there, bounded, not on an event loop.
     */
    private static final int BLOCKING_CALLS = 64;

    private static final int START_SECONDS = 10;
    private static final int CLOSE_SECONDS = 5;

    private final BlockingCalls blocking = new BlockingCalls(BLOCKING_CALLS);
    private final LiveFeed live;
    private final List<Endpoint> endpoints;
    private final HttpListener listener;
    private int port;

    /** How full the disk is, and for how long what is kept. */
    public record Storage(Supplier<Optional<StorageReport>> latest, StorageForecast forecast) {}

    /**
     * What is wrong, and by which rules.
     *
     * @param changed wakes who judges
     */
    public record Alerts(
            AlertDeeds deeds,
            SelectAlerts alerts,
            RuleStore rules,
            SilenceStore silences,
            Backtest backtest,
            Runnable changed) {

        List<Endpoint> endpoints(BlockingCalls blocking, Clock clock) {
            List<Endpoint> all = new ArrayList<>();
            all.addAll(new AlertHandler(alerts, deeds, blocking, clock).endpoints());
            all.addAll(new RuleHandler(rules, backtest, changed, blocking, clock).endpoints());
            for (boolean maintenance : new boolean[] {false, true}) {
                all.addAll(
                        new SilenceHandler(maintenance, silences, alerts, changed, blocking, clock)
                                .endpoints());
            }
            return all;
        }
    }

    /** How instances are let in. */
    public record Enrolment(
            EnrolmentStore tokens, PairingStore pairing, SelectCollisions collisions) {}

    /** How people are told. */
    public record Notifications(
            ChannelStore channels,
            ChannelRules rules,
            ChannelVault vault,
            ChannelTrial trial,
            SelectDeliveries deliveries,
            ReplayDelivery replay,
            AlertActions actions,
            List<PipelineAge> pipeline) {

        List<Endpoint> endpoints(BlockingCalls blocking, Clock clock) {
            List<Endpoint> endpoints = new ArrayList<>();
            endpoints.addAll(
                    new ChannelHandler(channels, rules, vault, trial, blocking, clock).endpoints());
            endpoints.addAll(new DeliveryHandler(deliveries, replay, blocking, clock).endpoints());
            endpoints.addAll(
                    new SlackHandler(channels, vault, new SlackSignature(clock), actions, blocking)
                            .endpoints());
            endpoints.addAll(new PipelineHandler(pipeline, blocking).endpoints());
            return endpoints;
        }
    }

    /** What was used, what it cost, and what it may cost. */
    public record Analytics(AnalyticsHandler.Questions questions, BudgetStore budgets) {}

    /** What the fleet and its servers are asked, and told by people. */
    public record Reading(
            HeartbeatSeriesQuery series,
            ServerDetailHandler.Details details,
            SelectSavedViews views,
            SavedViewStore viewStore,
            MarkStore marks) {}

    /**
     * What it works on.
     *
     * @param sessionEnded tells other processes of a session that has ended here; may block
     */
    public record Parts(
            KeyAuthenticator authenticator,
            HeartbeatIntake intake,
            HeartbeatReplay replay,
            FleetIndex fleet,
            EventFeed events,
            Reading reading,
            KeyStore keys,
            Enrolment enrolment,
            Alerts alerts,
            Consumer<KeyChange> keyChanged,
            Consumer<SessionEnd> sessionEnded,
            UserStore users,
            SessionStore sessions,
            PersonStore people,
            LinkStore links,
            AuditLog auditLog,
            SelectAudit audit,
            SelectQuarantine quarantine,
            SelectQuarantinedBody quarantinedBody,
            DeleteQuarantinedBodies quarantineDeletion,
            Storage storage,
            Notifications notifications,
            Analytics analytics,
            OperationsHandler.Readiness readiness,
            PrometheusMeterRegistry registry) {}

    /**
     * @param grpcPort where instances can stream to, asked when the server runs
     * @param passwords shared with who makes the first owner, so that the bound is one
     */
    public WebServer(
            Vertx vertx,
            HttpSettings http,
            LiveSettings liveSettings,
            Parts parts,
            PasswordHasher passwords,
            IntSupplier grpcPort,
            SecureRandom random,
            Clock clock) {
        SessionCookie cookie = new SessionCookie(http.isSecure());
        Sessions sessions = new Sessions(parts.sessions, random, clock);
        Authenticator authenticator =
                new Authenticator(parts.authenticator::authenticate, sessions, cookie, blocking);
        Consumer<SessionEnd> ended =
                end -> {
                    sessionEnded(end);
                    parts.sessionEnded.accept(end);
                };
        LoginThrottle throttle = new LoginThrottle(clock);
        Fleet fleet = new Fleet(parts.fleet);
        live =
                new LiveFeed(
                        authenticator, fleet, parts.events, liveSettings, clock, parts.registry);

        List<Endpoint> all = new ArrayList<>();
        all.addAll(new HeartbeatHandler(parts.intake::acceptJson, blocking, clock).endpoints());
        all.addAll(
                new RegisterHandler(
                                parts.enrolment.tokens,
                                parts.enrolment.pairing,
                                parts.keyChanged,
                                blocking,
                                random,
                                clock,
                                parts.registry)
                        .endpoints());
        all.addAll(
                new EnrolmentHandler(
                                parts.enrolment.tokens,
                                parts.enrolment.pairing,
                                parts.enrolment.collisions,
                                blocking,
                                random,
                                clock)
                        .endpoints());
        all.addAll(parts.alerts.endpoints(blocking, clock));
        all.addAll(reading(fleet, parts, grpcPort, clock));
        all.addAll(
                new SessionHandler(
                                parts.users,
                                sessions,
                                passwords,
                                throttle,
                                cookie,
                                blocking,
                                ended,
                                parts.auditLog,
                                clock)
                        .endpoints());
        Links links = new Links(parts.links, passwords, random, clock);
        all.addAll(
                new AccountHandler(
                                parts.users,
                                parts.people,
                                links,
                                sessions,
                                passwords,
                                throttle,
                                cookie,
                                ended,
                                blocking,
                                clock)
                        .endpoints());
        all.addAll(new PersonHandler(parts.people, links, ended, blocking, clock).endpoints());
        all.addAll(
                new KeyHandler(
                                parts.keys,
                                parts.authenticator::forget,
                                parts.keyChanged,
                                blocking,
                                random,
                                clock)
                        .endpoints());
        all.addAll(
                new QuarantineHandler(
                                parts.quarantine,
                                parts.quarantinedBody,
                                parts.quarantineDeletion,
                                parts.replay::replay,
                                blocking)
                        .endpoints());
        all.addAll(new AuditHandler(parts.audit).endpoints());
        all.addAll(
                new StorageHandler(parts.storage.latest(), parts.storage.forecast()).endpoints());
        all.addAll(parts.notifications.endpoints(blocking, clock));
        all.addAll(new AnalyticsHandler(parts.analytics.questions(), blocking, clock).endpoints());
        all.addAll(
                new BudgetHandler(
                                parts.analytics.budgets(),
                                parts.analytics.questions().budgets(),
                                blocking,
                                clock)
                        .endpoints());
        all.addAll(
                new OperationsHandler(parts.readiness, parts.registry, blocking, clock)
                        .endpoints());
        all.add(live.endpoint());
        all.add(new DashboardHandler("dashboard", blocking).endpoint());
        endpoints = List.copyOf(all);
        HttpMetrics metrics = new HttpMetrics(parts.registry);
        Lane heartbeats =
                new HeartbeatLanes(
                        parts.authenticator::authenticate,
                        parts.intake::acceptJson,
                        HeartbeatHandler.MAX_WIRE_BYTES,
                        http.isSecure(),
                        metrics,
                        parts.registry,
                        clock);
        listener =
                new HttpListener(
                        vertx,
                        http,
                        authenticator,
                        endpoints,
                        List.of(heartbeats),
                        metrics,
                        parts.registry);
    }

    /**
     * Binds the port.
     *
     * @throws java.io.IOException if it cannot be bound, with the system's reason
     */
    public void start() throws java.io.IOException, InterruptedException {
        try {
            port =
                    listener.listen()
                            .toCompletionStage()
                            .toCompletableFuture()
                            .get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new java.io.IOException("HTTP cannot listen: " + cause.getMessage(), cause);
        }
        live.start();
    }

    /** The port that was bound. */
    public int port() {
        return port;
    }

    /** The operations, for who checks them against their description. */
    public List<Endpoint> endpoints() {
        return endpoints;
    }

    /** A session has ended at this process or another one: its sockets close. */
    public void sessionEnded(SessionEnd end) {
        live.revoked(Authenticator.sessionCredential(end));
    }

    @Override
    public void keyEnded(String keyId) {
        live.revoked(Authenticator.keyCredential(keyId));
    }

    /** Only what writes heartbeats minds, and no request here lasts. */
    @Override
    public void keyRebound(String keyId) {}

    @Override
    public void close() {
        try {
            live.close()
                    .eventually(listener::close)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // What is still open goes with the process.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        blocking.close();
    }

    /** What is more than an id comes first: `/servers/top` is no server. */
    private List<Endpoint> reading(Fleet fleet, Parts parts, IntSupplier grpcPort, Clock clock) {
        Reading reading = parts.reading;
        List<Endpoint> all = new ArrayList<>();
        all.addAll(new FleetViewsHandler(parts.fleet, blocking).endpoints());
        all.addAll(new FleetHandler(fleet, reading.series::read, grpcPort, clock).endpoints());
        all.addAll(new ServerDetailHandler(reading.details, clock).endpoints());
        all.addAll(new MarkHandler(reading.marks, blocking, clock).endpoints());
        all.addAll(new ViewHandler(reading.views, reading.viewStore, blocking, clock).endpoints());
        all.addAll(new DocsHandler(blocking).endpoints());
        return all;
    }

    /** The index as its two readers want it. */
    private record Fleet(FleetIndex index) implements FleetHandler.Fleet, FleetFeed {

        @Override
        public FleetPage page(UUID organisationId, FleetQuery query) {
            return index.page(organisationId, query);
        }

        @Override
        public Optional<ServerView> find(UUID organisationId, String instanceId) {
            return index.find(organisationId, instanceId);
        }

        @Override
        public Map<Status, Integer> counts(UUID organisationId) {
            return index.counts(organisationId);
        }

        @Override
        public long sequence(UUID organisationId) {
            return index.sequence(organisationId);
        }

        @Override
        public Page page(UUID organisationId, Window window) {
            FleetPage page = index.page(organisationId, query(window));
            return new Page(
                    page.servers().stream().map(server -> server.state().instanceId()).toList(),
                    page.total());
        }

        @Override
        public void check(Window window) {
            query(window);
        }

        @Override
        public Marks marks(ServerView server) {
            return new Marks(!server.archived(), Set.copyOf(server.marks().tags()));
        }

        private static FleetQuery query(Window window) {
            return new FleetQuery(
                    new FleetFilter(Set.of(), window.tags(), null, "", false),
                    FleetSort.ofLabel(window.sort())
                            .orElseThrow(() ->
                                    new IllegalArgumentException(
                                            "sort: "
                                                    + window.sort()
                                                    + " (expected: one of "
                                                    + FleetSort.labels()
                                                    + ")")),
                    window.descending(),
                    null,
                    window.offset(),
                    window.limit());
        }

        @Override
        public FleetIndex.Subscription subscribe(
                UUID organisationId, Consumer<FleetChange> changes) {
            return index.subscribe(organisationId, changes);
        }

        @Override
        public FleetIndex.Snapshot snapshot(UUID organisationId) {
            return index.snapshot(organisationId);
        }
    }
}
