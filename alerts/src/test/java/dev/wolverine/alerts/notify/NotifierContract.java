package dev.wolverine.alerts.notify;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.wolverine.alerts.notify.Notification.State;
import dev.wolverine.alerts.outbound.Network;
import dev.wolverine.alerts.outbound.OutboundHttp;
import dev.wolverine.alerts.outbound.OutboundRules;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * What every notifier has to do with every answer, and that nobody hears its secrets.
 *
 * <p>Everything at the receiver is real but the receiver's mind.
 */
abstract class NotifierContract {

    static final UUID CHANNEL = UUID.randomUUID();
    static final Clock CLOCK = Clock.systemUTC();
    static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final List<String> seen = new ArrayList<>();

    /** What is made to happen at the receiver from now on, and what that has to become. */
    record Trouble(Runnable begin, Class<? extends Outcome> expected) {}

    abstract Notifier notifier();

    abstract Target target();

    /** None may be seen anywhere but where it belongs. */
    abstract List<String> secrets();

    /** Everything the receiver knows of addresses: request lines, or nothing. */
    abstract List<String> addresses();

    /** By name: those of protocol's codes that matter. */
    abstract Map<String, Trouble> troubles();

    /** The receiver is well. */
    abstract void calm();

    /** Hangs, drips, resets and talks nonsense, by name. */
    abstract Map<String, Runnable> connectionTroubles();

    @BeforeEach
    void listen() {
        root.setLevel(Level.TRACE);
        log.start();
        root.addAppender(log);
    }

    @AfterEach
    void nobodyHasHeardASecret() {
        root.detachAppender(log);
        root.setLevel(Level.WARN);
        List<String> texts = new ArrayList<>(seen);
        for (ILoggingEvent event : log.list) {
            texts.add(event.getFormattedMessage());
            for (var cause = event.getThrowableProxy(); cause != null; cause = cause.getCause()) {
                texts.add(String.valueOf(cause.getMessage()));
            }
        }
        texts.addAll(addresses());
        texts.add(target().toString());
        for (String secret : secrets()) {
            assertThat(texts).as("what can be seen").noneMatch(text -> text.contains(secret));
        }
    }

    @Test
    void deliversEveryState() {
        calm();
        for (State state : State.values()) {
            assertThat(
                            deliver(
                                    single(
                                            Notifications.of(
                                                    UUID.randomUUID(),
                                                    UUID.randomUUID(),
                                                    1,
                                                    state,
                                                    3))))
                    .as(state.name())
                    .isInstanceOf(Outcome.Delivered.class);
        }
    }

    @Test
    void deliversADigestOfMany() {
        calm();
        List<Notification> many = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            many.add(Notifications.firing(UUID.randomUUID(), UUID.randomUUID(), 1));
        }
        assertThat(deliver(new Message.Digest(CHANNEL, UUID.randomUUID(), many)))
                .isInstanceOf(Outcome.Delivered.class);
    }

    @Test
    void knowsWhichAnswersPass() {
        troubles()
                .forEach((name, trouble) -> {
                    trouble.begin().run();
                    assertThat(deliver(single(firing()))).as(name).isInstanceOf(trouble.expected());
                });
        calm();
        assertThat(deliver(single(firing()))).isInstanceOf(Outcome.Delivered.class);
    }

    @Test
    void isNeverHeldUpAndAlwaysTriesAgain() {
        connectionTroubles()
                .forEach((name, begin) -> {
                    begin.run();
                    long begun = System.nanoTime();
                    Outcome outcome = deliver(single(firing()));
                    assertThat(outcome).as(name).isInstanceOf(Outcome.Retry.class);
                    assertThat(Duration.ofNanos(System.nanoTime() - begun))
                            .as(name)
                            .isLessThan(TIMEOUT.multipliedBy(3));
                });
        calm();
        assertThat(deliver(single(firing()))).isInstanceOf(Outcome.Delivered.class);
    }

    final Outcome deliver(Message message) {
        Outcome outcome = notifier().deliver(target(), message);
        seen.add(outcome.toString());
        seen.add(message.toString());
        return outcome;
    }

    static Notification firing() {
        return Notifications.firing(UUID.randomUUID(), UUID.randomUUID(), 1);
    }

    static Message single(Notification notification) {
        return new Message.Single(CHANNEL, notification, Optional.empty());
    }

    static OutboundHttp http() {
        return new OutboundHttp(
                new OutboundRules(List.of(Network.parse("127.0.0.0/8"))),
                OutboundHttp.Resolver.ofMachine(),
                TIMEOUT,
                Optional.empty(),
                CLOCK);
    }
}
