package dev.wolverine.db.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wolverine.db.model.ServerState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Transaction;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Writes live state to Redis, behind everything else: one thread, one pipeline for whatever changed
 * meanwhile, the newest state of a server only. Nobody waits for it.
 *
 * <p>Where Redis is away, changes gather by server, so that they are bounded by the fleet. Where
 * Redis has lost its memory, which a missing marker tells, all of it is written anew.
 */
public final class LiveState implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LiveState.class);

    private static final int AT_ONCE = 1_000;
    private static final int TIMEOUT_MILLIS = 1_000;
    private static final long STATS_SECONDS = 30;
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofMillis(500);

    private final URI uri;
    private final Duration stateLife;
    private final Supplier<Collection<ServerState>> everything;
    private final Map<Integer, ServerState> changed = new ConcurrentHashMap<>();
    private final Map<UUID, Map<String, Integer>> stats = new ConcurrentHashMap<>();
    private final Map<UUID, Map<String, Double>> alerts = new ConcurrentHashMap<>();
    private final Set<UUID> alertsChanged = ConcurrentHashMap.newKeySet();
    private final Semaphore signal = new Semaphore(0);
    private final Thread thread;
    private final Counter written;
    private final Counter rebuilds;
    private @Nullable Jedis connection;
    private volatile boolean reachable;
    private volatile boolean closed;

    /**
     * @param uri as `redis://:password@host:port/0`
     * @param stateLife after which a silent server's state expires: five minutes, or three
     *     intervals if that is longer
     * @param everything the newest state of all servers, for writing it anew
     */
    public LiveState(
            URI uri,
            Duration stateLife,
            Supplier<Collection<ServerState>> everything,
            MeterRegistry meters) {
        this.uri = uri;
        this.stateLife = stateLife;
        this.everything = everything;
        written = meters.counter("wolverine.live.states.written");
        rebuilds = meters.counter("wolverine.live.rebuilds");
        Gauge.builder("wolverine.live.states.waiting", changed, Map::size).register(meters);
        Gauge.builder("wolverine.live.reachable", this, live -> live.reachable ? 1 : 0)
                .register(meters);
        thread = Thread.ofPlatform().daemon().name("live-state").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** New states. Returns at once. */
    public void offer(Collection<ServerState> states) {
        for (ServerState state : states) {
            changed.put(state.serverId(), state);
        }
        wake();
    }

    /** New counts of an organisation's servers by status. Returns at once. */
    public void offerStats(UUID organisation, Map<String, Integer> counts) {
        stats.put(organisation, Map.copyOf(counts));
    }

    /**
     * The alerts of an organisation that fire now. Returns at once.
     *
     * @param firing milliseconds since when, by id
     */
    public void offerAlerts(UUID organisation, Map<String, Double> firing) {
        alerts.put(organisation, Map.copyOf(firing));
        alertsChanged.add(organisation);
        wake();
    }

    /** Whether the last attempt reached Redis. */
    public boolean isReachable() {
        return reachable;
    }

    @Override
    public void close() {
        closed = true;
        wake();
        try {
            thread.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void wake() {
        if (signal.availablePermits() == 0) {
            signal.release();
        }
    }

    private void run() {
        while (!closed) {
            Duration pause = TICK;
            try {
                Jedis redis = connected();
                if (!redis.exists(LiveKeys.marker())) {
                    rebuild(redis);
                }
                flush(redis);
                if (!reachable) {
                    reachable = true;
                    log.info("live state is being written to Redis");
                }
            } catch (JedisException e) {
                if (reachable) {
                    log.warn("Redis is away: {}", e.getMessage());
                }
                reachable = false;
                disconnect();
                pause = RETRY;
            } catch (RuntimeException e) {
                log.error("live state could not be written", e);
                disconnect();
            }
            pause(pause);
        }
        disconnect();
    }

    private void pause(Duration pause) {
        try {
            if (signal.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                signal.drainPermits();
                if (!reachable) {
                    TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
                }
            }
        } catch (InterruptedException e) {
            closed = true;
            Thread.currentThread().interrupt();
        }
    }

    private Jedis connected() {
        if (connection == null) {
            connection =
                    new Jedis(
                            uri,
                            DefaultJedisClientConfig.builder()
                                    .connectionTimeoutMillis(TIMEOUT_MILLIS)
                                    .socketTimeoutMillis(TIMEOUT_MILLIS)
                                    .autoNegotiateProtocol(false)
                                    .build());
        }
        return connection;
    }

    private void disconnect() {
        Jedis open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (JedisException e) {
                log.debug("closing a broken connection to Redis", e);
            }
        }
    }

    private void rebuild(Jedis redis) {
        rebuilds.increment();
        for (ServerState state : everything.get()) {
            changed.putIfAbsent(state.serverId(), state);
        }
        alertsChanged.addAll(alerts.keySet());
        flush(redis);
        redis.set(LiveKeys.marker(), "1");
    }

    /** What Redis did not take stays to be written. */
    private void flush(Jedis redis) {
        List<ServerState> batch = new ArrayList<>(AT_ONCE);
        Iterator<ServerState> states = changed.values().iterator();
        while (states.hasNext()) {
            batch.add(states.next());
            if (batch.size() == AT_ONCE || !states.hasNext()) {
                write(redis, batch);
                for (ServerState state : batch) {
                    changed.remove(state.serverId(), state);
                }
                written.increment(batch.size());
                batch.clear();
            }
        }
        writeStats(redis);
        writeAlerts(redis);
    }

    private void writeAlerts(Jedis redis) {
        for (UUID organisation : alertsChanged) {
            // What is offered from here on is written once more.
            alertsChanged.remove(organisation);
            try {
                write(redis, organisation, alerts.getOrDefault(organisation, Map.of()));
            } catch (JedisException e) {
                alertsChanged.add(organisation);
                throw e;
            }
        }
    }

    private static void write(Jedis redis, UUID organisation, Map<String, Double> firing) {
        String key = LiveKeys.activeAlerts(organisation);
        try (Transaction transaction = redis.multi()) {
            transaction.del(key);
            if (!firing.isEmpty()) {
                transaction.zadd(key, firing);
            }
            transaction.exec();
        }
    }

    private void write(Jedis redis, List<ServerState> states) {
        Map<UUID, Map<String, Double>> seen = new HashMap<>();
        Pipeline pipeline = redis.pipelined();
        List<byte[]> values = StateJson.of(states);
        for (int i = 0; i < states.size(); i++) {
            ServerState state = states.get(i);
            UUID organisation = state.organisationId();
            pipeline.setex(
                    LiveKeys.serverState(organisation, state.instanceId()).getBytes(UTF_8),
                    stateLife.toSeconds(),
                    values.get(i));
            seen.computeIfAbsent(organisation, _ -> new HashMap<>())
                    .put(state.instanceId(), (double) state.lastSeen().toEpochMilli());
        }
        seen.forEach((organisation, lastSeen) -> {
            pipeline.zadd(LiveKeys.activeServers(organisation), lastSeen);
            pipeline.publish(
                    LiveKeys.heartbeats(organisation).getBytes(UTF_8),
                    StateJson.of(lastSeen.keySet()));
        });
        pipeline.sync();
    }

    private void writeStats(Jedis redis) {
        Pipeline pipeline = redis.pipelined();
        for (UUID organisation : stats.keySet()) {
            Map<String, Integer> counts = stats.remove(organisation);
            if (counts != null) {
                pipeline.setex(
                        LiveKeys.fleetStats(organisation).getBytes(UTF_8),
                        STATS_SECONDS,
                        StateJson.of(counts));
            }
        }
        pipeline.sync();
    }
}
