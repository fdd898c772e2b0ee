package dev.wolverine.web.live;

import dev.wolverine.db.model.LiveEvent;
import dev.wolverine.db.model.Permission;
import dev.wolverine.db.model.Principal;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Caller;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket: anonymous until a credential is proved, then it sends what it is subscribed to until
 * it is closed.
 *
 * <p>Everything runs on the socket's event loop; only {@link #closeIfHeldBy} and {@link
 * #sayGoodbye} may be called from elsewhere. It holds no changes of its own, see {@link FleetLog}:
 * while the reader is slow, nothing is written.
 */
final class LiveSocket implements Outlet {

    private static final Logger log = LoggerFactory.getLogger(LiveSocket.class);

    private static final int MAX_ANONYMOUS_BYTES = 4 * 1024;
    private static final int MAX_MESSAGE_BYTES = 64 * 1024;
    private static final int MAX_SUBSCRIPTIONS = 8;

    /** A dashboard says a few things a minute. */
    private static final int MAX_MESSAGES_PER_PERIOD = 100;

    private static final Duration MESSAGE_PERIOD = Duration.ofSeconds(10);

    private static final int WRITE_QUEUE_BYTES = 256 * 1024;

    private final LiveFeed feed;
    private final ServerWebSocket webSocket;
    private final Context eventLoop;
    private final LiveMetrics metrics;
    private final TextMessages messages = new TextMessages();
    private final Set<Long> timers = new HashSet<>();
    private final Map<Long, Subscription> subscriptions = new LinkedHashMap<>();
    private @Nullable Subscription events;
    private volatile @Nullable Caller caller;
    private FleetLogs.@Nullable Reading reading;
    private boolean proving;
    private boolean awaitingPong;
    private int messagesInPeriod;
    private long periodStart = System.nanoTime();
    private long takingSince = System.nanoTime();
    private boolean closed;

    LiveSocket(LiveFeed feed, ServerWebSocket webSocket, Context eventLoop, LiveMetrics metrics) {
        this.feed = feed;
        this.webSocket = webSocket;
        this.eventLoop = eventLoop;
        this.metrics = metrics;
    }

    /**
     * @param known proved by the upgrade request itself
     * @param rejectedSession whether the request brought a session that is over
     */
    void open(Optional<Caller> known, boolean rejectedSession) {
        webSocket.setWriteQueueMaxSize(WRITE_QUEUE_BYTES);
        webSocket.exceptionHandler(failure -> log.debug("socket failed: {}", failure.toString()));
        if (rejectedSession) {
            close(CloseCode.NOT_AUTHENTICATED, "the session has ended");
            return;
        }
        webSocket.frameHandler(this::frame);
        webSocket.pongHandler(pong -> awaitingPong = false);
        if (known.isPresent()) {
            authenticated(known.get());
        } else {
            after(
                    feed.settings().authWithin(),
                    () -> {
                        if (caller == null) {
                            close(CloseCode.NOT_AUTHENTICATED, "no credential in time");
                        }
                    });
        }
    }

    /** The socket is gone, for whatever reason. */
    void closed() {
        closed = true;
        timers.forEach(timer -> eventLoop.owner().cancelTimer(timer));
        Caller known = caller;
        if (known != null) {
            feed.logs().release(known.principal().organisationId());
            feed.leave(known.principal());
        }
    }

    /** Closes the socket if this credential opened it. From any thread. */
    void closeIfHeldBy(String credentialId) {
        Caller known = caller;
        if (known != null && known.credentialId().equals(credentialId)) {
            eventLoop.runOnContext(
                    run -> close(CloseCode.NOT_AUTHENTICATED, "the credential was revoked"));
        }
    }

    /** Closes the socket because the platform stops. From any thread. */
    Future<Void> sayGoodbye(long retryInMillis) {
        return Future.<Void>future(closing ->
                eventLoop.runOnContext(run -> {
                    if (!closed) {
                        send(ServerMessages.bye(retryInMillis));
                        close(CloseCode.RESTART, "restart");
                    }
                    closing.complete();
                }));
    }

    @Override
    public boolean isFull() {
        return closed || webSocket.writeQueueFull();
    }

    @Override
    public void send(String message) {
        if (!closed) {
            metrics.sent();
            var unused = webSocket.writeTextMessage(message);
        }
    }

    private void frame(WebSocketFrame frame) {
        if (closed) {
            return;
        }
        try {
            messages.accept(frame, caller == null ? MAX_ANONYMOUS_BYTES : MAX_MESSAGE_BYTES)
                    .ifPresent(this::message);
        } catch (TextMessages.Refused e) {
            boolean anonymous = caller == null && e.code() == CloseCode.TOO_LARGE;
            close(anonymous ? CloseCode.NOT_AUTHENTICATED : e.code(), e.reason());
        } catch (RuntimeException e) {
            log.error("a message of {} could not be handled", caller, e);
            close(CloseCode.SERVER_ERROR, "something went wrong here");
        }
    }

    private void message(String text) {
        metrics.received();
        if (isTooTalkative()) {
            close(CloseCode.TOO_MUCH, "too many messages");
            return;
        }
        try {
            ClientMessage message = ClientMessage.parse(text);
            Caller known = caller;
            if (known == null) {
                authenticate(message);
            } else {
                handle(known, message);
            }
        } catch (ClientMessage.Malformed e) {
            if (caller == null) {
                close(CloseCode.NOT_AUTHENTICATED, "the first message must authenticate");
            } else {
                send(ServerMessages.error(e.id(), e.detail()));
            }
        }
    }

    private void handle(Caller known, ClientMessage message) {
        switch (message) {
            case ClientMessage.Auth auth ->
                    send(ServerMessages.error(null, "auth: this socket is authenticated"));
            case ClientMessage.Ping ping -> send(ServerMessages.pong());
            case ClientMessage.Subscribe subscribe -> subscribe(known, subscribe);
            case ClientMessage.Unsubscribe unsubscribe -> subscriptions.remove(unsubscribe.id());
            case ClientMessage.Simple simple -> {
                events =
                        new EventSubscription(simple, reading().log(), simpleEvents(known, simple));
            }
        }
    }

    private void subscribe(Caller known, ClientMessage.Subscribe wish) {
        if (!subscriptions.containsKey(wish.id()) && subscriptions.size() >= MAX_SUBSCRIPTIONS) {
            send(
                    ServerMessages.error(
                            wish.id(),
                            "sub: too many (expected: at most " + MAX_SUBSCRIPTIONS + ")"));
            return;
        }
        Set<LiveEvent.Kind> kinds = allowed(known);
        if (wish.kinds() != null) {
            if (!kinds.containsAll(wish.kinds())) {
                send(
                        ServerMessages.error(
                                wish.id(),
                                "filter.kinds: audit (expected: "
                                        + Permission.AUDIT.roles()
                                        + " asks for it)"));
                return;
            }
            kinds = wish.kinds();
        }
        Rows rows;
        try {
            rows = rows(wish);
        } catch (IllegalArgumentException e) {
            send(ServerMessages.error(wish.id(), "window: " + e.getMessage()));
            return;
        }
        EventLane lane = lane(known, wish, kinds);
        FleetSubscription subscription =
                new FleetSubscription(
                        wish.id(),
                        rows,
                        reading().log(),
                        lane,
                        feed.settings().staleAfter(),
                        System::nanoTime);
        subscriptions.put(wish.id(), subscription);
        ClientMessage.Resume resume = wish.resume();
        send(
                ServerMessages.ok(
                        wish.id(),
                        lane.epoch(),
                        lane.cursor(),
                        resume == null
                                ? null
                                : Boolean.valueOf(
                                        resume.epoch().equals(lane.epoch())
                                                && resume.sequence() == lane.cursor())));
        subscription.flush(this);
    }

    /** The log has followed since the socket was authenticated: nothing falls between the two. */
    private Rows rows(ClientMessage.Subscribe wish) {
        FleetLogs.Reading reading = reading();
        if (!wish.rows()) {
            return new NoRows();
        }
        FleetFeed.Window window = wish.window();
        if (window == null) {
            return new FilteredRows(reading.log(), wish.servers(), wish.tags());
        }
        feed.fleet().check(window);
        return new WindowRows(reading.log(), reading.windows(), window);
    }

    private EventLane lane(Caller known, ClientMessage.Subscribe wish, Set<LiveEvent.Kind> kinds) {
        FleetLog log = reading().log();
        Set<String> tags = wish.tags();
        EventFilter filter =
                new EventFilter(
                        kinds,
                        wish.servers(),
                        tags.isEmpty() ? null : server -> log.shows(server, tags));
        EventLog happened = feed.events().of(known.principal().organisationId());
        ClientMessage.Resume resume = wish.resume();
        return resume == null
                ? EventLane.fromNow(happened, filter)
                : EventLane.resumed(happened, filter, resume);
    }

    private EventLane simpleEvents(Caller known, ClientMessage.Simple wish) {
        Set<LiveEvent.Kind> kinds = EnumSet.of(LiveEvent.Kind.ALERT, LiveEvent.Kind.REPAIR);
        if (!wish.types().isEmpty()) {
            kinds.removeIf(kind -> !wish.types().contains(kind.label()));
        }
        return EventLane.fromNow(
                feed.events().of(known.principal().organisationId()),
                new EventFilter(kinds, wish.servers(), null));
    }

    private static Set<LiveEvent.Kind> allowed(Caller known) {
        return known.principal().role().may(Permission.AUDIT)
                ? EnumSet.allOf(LiveEvent.Kind.class)
                : EnumSet.of(LiveEvent.Kind.ALERT, LiveEvent.Kind.REPAIR);
    }

    private void authenticate(ClientMessage message) {
        if (!(message instanceof ClientMessage.Auth auth) || proving) {
            close(CloseCode.NOT_AUTHENTICATED, "the first message must authenticate");
            return;
        }
        proving = true;
        prove(
                feed.authenticator().byKey(auth.token()),
                proved -> {
                    if (proved.isPresent()
                            && Access.READ_OR_LATER.admits(proved.get().principal().role())) {
                        authenticated(proved.get());
                    } else {
                        close(CloseCode.NOT_AUTHENTICATED, "the credential is not valid here");
                    }
                },
                () -> close(CloseCode.SERVER_ERROR, "the storage does not answer; try again"));
    }

    private void authenticated(Caller proved) {
        if (!feed.admit(proved.principal())) {
            close(CloseCode.TOO_MUCH, "too many sockets");
            return;
        }
        caller = proved;
        reading = feed.logs().acquire(proved.principal().organisationId());
        EventLog happened = feed.events().of(proved.principal().organisationId());
        LiveSettings settings = feed.settings();
        send(
                ServerMessages.hello(
                        happened.epoch(),
                        happened.head(),
                        settings.pingEvery().toMillis(),
                        feed.clock().instant()));
        webSocket.drainHandler(drained -> flush());
        every(settings.flushEvery(), this::flush);
        every(settings.pingEvery(), this::ping);
        every(settings.recheckEvery(), this::recheck);
    }

    private void flush() {
        if (closed) {
            return;
        }
        if (webSocket.writeQueueFull()) {
            metrics.held();
            if (System.nanoTime() - takingSince > feed.settings().stalledFor().toNanos()) {
                close(CloseCode.TOO_MUCH, "the reader is too slow");
            }
            return;
        }
        takingSince = System.nanoTime();
        for (Subscription subscription : subscriptions.values()) {
            subscription.flush(this);
        }
        Subscription simple = events;
        if (simple != null) {
            simple.flush(this);
        }
    }

    private void ping() {
        if (closed || awaitingPong) {
            return;
        }
        awaitingPong = true;
        var unused = webSocket.writePing(Buffer.buffer("wlv"));
        after(
                feed.settings().pongWithin(),
                () -> {
                    if (awaitingPong) {
                        close(CloseCode.NO_PONG, "no pong");
                    }
                });
    }

    private void recheck() {
        Caller known = caller;
        if (closed || known == null) {
            return;
        }
        prove(
                known.proof().get(),
                proved -> {
                    if (proved.isEmpty() || !isStillGood(known.principal(), proved.get())) {
                        close(CloseCode.NOT_AUTHENTICATED, "the credential has ended");
                    }
                },
                () -> log.debug("a credential could not be checked again; next time"));
    }

    private static boolean isStillGood(Principal before, Caller proved) {
        return proved.principal().organisationId().equals(before.organisationId())
                && Access.READ_OR_LATER.admits(proved.principal().role());
    }

    private void prove(
            CompletionStage<Optional<Caller>> proof,
            Consumer<Optional<Caller>> next,
            Runnable unavailable) {
        Future.fromCompletionStage(proof, eventLoop)
                .onComplete(
                        proved -> {
                            if (!closed) {
                                next.accept(proved);
                            }
                        },
                        failure -> {
                            if (!closed) {
                                unavailable.run();
                            }
                        });
    }

    private boolean isTooTalkative() {
        long now = System.nanoTime();
        if (now - periodStart > MESSAGE_PERIOD.toNanos()) {
            periodStart = now;
            messagesInPeriod = 0;
        }
        messagesInPeriod++;
        return messagesInPeriod > MAX_MESSAGES_PER_PERIOD;
    }

    private FleetLogs.Reading reading() {
        FleetLogs.Reading known = reading;
        if (known == null) {
            throw new IllegalStateException("only who is authenticated subscribes");
        }
        return known;
    }

    private void close(CloseCode code, String reason) {
        if (!closed) {
            closed = true;
            metrics.closed(code);
            var unused = webSocket.close(code.code(), reason);
        }
    }

    private void every(Duration period, Runnable action) {
        timers.add(eventLoop.owner().setPeriodic(period.toMillis(), timer -> action.run()));
    }

    private void after(Duration delay, Runnable action) {
        timers.add(
                eventLoop
                        .owner()
                        .setTimer(
                                delay.toMillis(),
                                timer -> {
                                    timers.remove(timer);
                                    if (!closed) {
                                        action.run();
                                    }
                                }));
    }
}
