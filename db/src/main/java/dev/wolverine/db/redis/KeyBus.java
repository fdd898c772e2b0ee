package dev.wolverine.db.redis;

import dev.wolverine.db.model.KeyChange;
import dev.wolverine.db.model.SessionEnd;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Carries changes of keys and ends of sessions between processes, over two channels of each
 * organisation: only ids and hashes travel. Redis promises nothing about them, so that whoever
 * listens has to ask the database now and then, and at once when the connection was broken.
 *
 * <p>Thread-safe. Telling waits 300 ms at most, and not at all within a second of a failure.
 */
public final class KeyBus implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KeyBus.class);

    private static final int TELL_MILLIS = 300;
    private static final int CONNECT_MILLIS = 1_000;
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofMillis(500);

    /** A connection that says nothing for three of these is dead. */
    private static final Duration PING = Duration.ofSeconds(5);

    private final URI uri;
    private final Counter told;
    private final Counter untold;
    private final Counter heard;
    private final ReentrantLock telling = new ReentrantLock();
    private @Nullable Jedis teller;
    private long silentUntil = System.nanoTime();
    private volatile @Nullable Listening listening;
    private volatile boolean closed;

    /**
     * @param uri as `redis://:password@host:port/0`
     */
    public KeyBus(URI uri, MeterRegistry meters) {
        this.uri = uri;
        told = meters.counter("wolverine.keys.bus.told");
        untold = meters.counter("wolverine.keys.bus.untold");
        heard = meters.counter("wolverine.keys.bus.heard");
        Gauge.builder("wolverine.keys.bus.listening", this, bus -> bus.isListening() ? 1 : 0)
                .description("Whether changes by other processes are heard at once.")
                .register(meters);
    }

    /**
     * Begins to listen.
     *
     * @param changes is given every change of a key that any process tells, this one's too
     * @param ends the same of sessions
     * @param missed runs whenever listening begins: what was told before then was not heard
     */
    public void start(Consumer<KeyChange> changes, Consumer<SessionEnd> ends, Runnable missed) {
        Thread.ofPlatform().daemon().name("key-bus").start(() -> listen(changes, ends, missed));
        Thread.ofPlatform().daemon().name("key-bus-ping").start(this::keepAlive);
    }

    public boolean isListening() {
        Listening current = listening;
        return current != null && current.isSubscribed();
    }

    /** Tells all processes that listen; says whether Redis took it. */
    public boolean tell(KeyChange change) {
        return publish(
                LiveKeys.keyChanges(change.organisationId()), change.kind() + " " + change.keyId());
    }

    /** Tells all processes that listen; says whether Redis took it. */
    public boolean tell(SessionEnd end) {
        return publish(LiveKeys.sessionEnds(end.organisationId()), end.tokenHash());
    }

    private boolean publish(String channel, String message) {
        telling.lock();
        try {
            if (closed || System.nanoTime() - silentUntil < 0) {
                untold.increment();
                return false;
            }
            if (teller == null) {
                teller = connect(TELL_MILLIS, TELL_MILLIS);
            }
            teller.publish(channel, message);
            told.increment();
            return true;
        } catch (JedisException e) {
            log.debug("{}: not told", channel, e);
            untold.increment();
            close(teller);
            teller = null;
            silentUntil = System.nanoTime() + AFTER_FAILURE.toNanos();
            return false;
        } finally {
            telling.unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
        Listening current = listening;
        if (current != null) {
            close(current.connection);
        }
        telling.lock();
        try {
            close(teller);
            teller = null;
        } finally {
            telling.unlock();
        }
    }

    private void listen(Consumer<KeyChange> changes, Consumer<SessionEnd> ends, Runnable missed) {
        while (!closed) {
            try (Jedis connection = connect(CONNECT_MILLIS, CONNECT_MILLIS)) {
                Listening current = new Listening(connection, changes, ends, missed);
                listening = current;
                if (!closed) {
                    connection.psubscribe(
                            current, LiveKeys.allSessionEnds(), LiveKeys.allKeyChanges());
                }
            } catch (JedisException e) {
                if (!closed) {
                    log.debug("ends of keys and sessions are not heard for now", e);
                }
            } catch (RuntimeException e) {
                log.error("ends of keys and sessions are not heard for now", e);
            }
            listening = null;
            pause(RETRY);
        }
    }

    /** A broken way may say nothing at all: only an answer proves that it is there. */
    private void keepAlive() {
        while (!closed) {
            pause(PING);
            Listening current = listening;
            if (current != null && current.isSubscribed()) {
                current.prove();
            }
        }
    }

    private Jedis connect(int connectMillis, int socketMillis) {
        return new Jedis(
                uri,
                DefaultJedisClientConfig.builder()
                        .connectionTimeoutMillis(connectMillis)
                        .socketTimeoutMillis(socketMillis)
                        .autoNegotiateProtocol(false)
                        .build());
    }

    private void pause(Duration pause) {
        try {
            if (!closed) {
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            closed = true;
            Thread.currentThread().interrupt();
        }
    }

    private static void close(@Nullable Jedis connection) {
        if (connection != null) {
            try {
                connection.getConnection().disconnect();
            } catch (JedisException e) {
                log.debug("closing a broken connection to Redis", e);
            }
        }
    }

    private static Optional<KeyChange> keyChange(UUID organisation, String message) {
        String[] words = message.split(" ", -1);
        return words.length == 2
                ? Optional.of(
                        new KeyChange(organisation, words[1], KeyChange.Kind.valueOf(words[0])))
                : Optional.empty();
    }

    private static Optional<SessionEnd> sessionEnd(UUID organisation, String message) {
        return message.matches("[0-9a-f]{64}")
                ? Optional.of(new SessionEnd(organisation, message))
                : Optional.empty();
    }

    /** One connection's subscription. */
    private final class Listening extends JedisPubSub {

        private final Jedis connection;
        private final Consumer<KeyChange> changes;
        private final Consumer<SessionEnd> ends;
        private final Runnable missed;
        private volatile long lastSign = System.nanoTime();

        Listening(
                Jedis connection,
                Consumer<KeyChange> changes,
                Consumer<SessionEnd> ends,
                Runnable missed) {
            this.connection = connection;
            this.changes = changes;
            this.ends = ends;
            this.missed = missed;
        }

        @Override
        public void onPSubscribe(String pattern, int channels) {
            if (pattern.equals(LiveKeys.allKeyChanges())) {
                missed.run();
            }
        }

        @Override
        public void onPMessage(String pattern, String channel, String message) {
            lastSign = System.nanoTime();
            heard.increment();
            heard(channel, message)
                    .ifPresentOrElse(Runnable::run, () -> log.warn("{}: not understood", channel));
        }

        private Optional<Runnable> heard(String channel, String message) {
            try {
                UUID organisation = LiveKeys.organisation(channel);
                return channel.equals(LiveKeys.sessionEnds(organisation))
                        ? sessionEnd(organisation, message).map(end -> () -> ends.accept(end))
                        : keyChange(organisation, message)
                                .map(change -> () -> changes.accept(change));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        @Override
        public void onPong(String pattern) {
            lastSign = System.nanoTime();
        }

        void prove() {
            try {
                if (System.nanoTime() - lastSign > PING.multipliedBy(3).toNanos()) {
                    KeyBus.close(connection);
                } else {
                    ping();
                }
            } catch (JedisException e) {
                KeyBus.close(connection);
            }
        }
    }
}
