package dev.wolverine.bench.mutant;

import dev.wolverine.db.AppendResult;
import dev.wolverine.db.CommittedBatch;
import dev.wolverine.db.StorageConfig;
import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.KeyRecord;
import dev.wolverine.db.model.LogEntry;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.postgres.HeartbeatStore;
import dev.wolverine.db.postgres.SelectCommits;
import dev.wolverine.db.redis.LiveState;
import dev.wolverine.ingest.HeartbeatLog;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import redis.clients.jedis.Jedis;

/** What mutants do instead of what is right; public because the platform's classes call it. */
public final class MutantHooks {
    private static final int ONE_IN = 2_000;
    private static final AtomicLong COUNT = new AtomicLong();
    private static final ConcurrentHashMap<UUID, Boolean> ORGANISATIONS = new ConcurrentHashMap<>();

    private MutantHooks() {}

    private static boolean isTheOne() {
        return COUNT.incrementAndGet() % ONE_IN == 0;
    }

    /** Says that an entry is durable as soon as it waits. */
    public static boolean acknowledgeAtOnce(BlockingQueue<Object> queue, Object pending)
            throws ReflectiveOperationException {
        boolean taken = queue.offer(pending);
        if (taken) {
            Field outcome = pending.getClass().getDeclaredField("outcome");
            outcome.setAccessible(true);
            @SuppressWarnings("unchecked")
            CompletableFuture<HeartbeatLog.Outcome> answer =
                    (CompletableFuture<HeartbeatLog.Outcome>) outcome.get(pending);
            answer.complete(new HeartbeatLog.Outcome.Durable(AppendResult.STORED));
        }
        return taken;
    }

    /** Drops a beat, and says that it was stored. */
    public static CommittedBatch skipOne(HeartbeatStore store, List<? extends LogEntry> entries) {
        List<LogEntry> kept = new ArrayList<>();
        boolean[] skipped = new boolean[entries.size()];
        for (int i = 0; i < entries.size(); i++) {
            skipped[i] = entries.get(i) instanceof Heartbeat && isTheOne();
            if (!skipped[i]) {
                kept.add(entries.get(i));
            }
        }
        CommittedBatch batch = store.write(kept);
        List<AppendResult> results = new ArrayList<>();
        int next = 0;
        for (boolean one : skipped) {
            results.add(one ? AppendResult.STORED : batch.results().get(next++));
        }
        return new CommittedBatch(
                results,
                batch.heartbeats(),
                batch.conflictsDropped(),
                batch.latest(),
                batch.stored(),
                batch.transaction(),
                batch.committedAt());
    }

    /** Stores a beat with another value than was sent. */
    public static CommittedBatch changeOne(HeartbeatStore store, List<? extends LogEntry> entries) {
        return store.write(
                entries.stream()
                        .map(entry ->
                                entry instanceof Heartbeat beat && isTheOne()
                                        ? copy(
                                                beat,
                                                beat.identity(),
                                                beat.timestamp(),
                                                beat.memoryMb() + 1)
                                        : entry)
                        .toList());
    }

    /** Stores a beat that nobody sent. */
    public static CommittedBatch addOne(HeartbeatStore store, List<? extends LogEntry> entries) {
        List<LogEntry> more = new ArrayList<>(entries);
        for (LogEntry entry : entries) {
            if (entry instanceof Heartbeat beat && isTheOne()) {
                more.add(
                        copy(
                                beat,
                                beat.identity(),
                                beat.timestamp().plusMillis(1),
                                beat.memoryMb()));
            }
        }
        CommittedBatch batch = store.write(more);
        return new CommittedBatch(
                batch.results().subList(0, entries.size()),
                batch.heartbeats(),
                batch.conflictsDropped(),
                batch.latest(),
                batch.stored(),
                batch.transaction(),
                batch.committedAt());
    }

    /** Stores a beat as another organisation's. */
    public static CommittedBatch swapOrganisation(
            HeartbeatStore store, List<? extends LogEntry> entries) {
        List<LogEntry> swapped = new ArrayList<>();
        for (LogEntry entry : entries) {
            UUID own = entry.identity().organisationId();
            ORGANISATIONS.put(own, true);
            UUID other =
                    ORGANISATIONS.keySet().stream()
                            .filter(one -> !one.equals(own))
                            .findFirst()
                            .orElse(own);
            swapped.add(
                    entry instanceof Heartbeat beat && isTheOne()
                            ? copy(
                                    beat,
                                    new Identity(other, beat.identity().instanceId()),
                                    beat.timestamp(),
                                    beat.memoryMb())
                            : entry);
        }
        return store.write(swapped);
    }

    private static Heartbeat copy(Heartbeat beat, Identity identity, Instant at, int memoryMb) {
        return new Heartbeat(
                identity,
                at,
                beat.receivedAt(),
                beat.status(),
                beat.pid(),
                beat.uptimeSeconds(),
                memoryMb,
                beat.peakMemoryMb(),
                beat.cpuCentiPercent(),
                beat.healthyRoutes(),
                beat.unhealthyRoutes(),
                beat.slowestRouteMicros(),
                beat.flags(),
                beat.snapshot(),
                beat.snapshotHash());
    }

    /** Takes a commit without an answer for one. */
    public static void commitPerhaps(Connection connection) {
        try {
            connection.commit();
        } catch (SQLException unknown) {
            // It says nothing: that is the defect.
        }
    }

    /** Makes the schema, and takes the key of the heartbeats away. */
    public static void migrateWithoutKey(Database database, StorageConfig config)
            throws SQLException {
        database.migrate(config);
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE heartbeats DROP CONSTRAINT IF EXISTS heartbeats_pkey");
        }
    }

    /** Moves the cursor on, and forgets one page in ten. */
    public static SelectCommits.Page forgetCommits(SelectCommits commits, long cursor) {
        SelectCommits.Page page = commits.after(cursor);
        return COUNT.incrementAndGet() % 10 == 0
                ? new SelectCommits.Page(page.cursor(), List.of())
                : page;
    }

    /** Leaves one entry in ten out of the audit log. */
    public static void appendSometimes(Connection connection, AuditEntry entry)
            throws ReflectiveOperationException {
        if (COUNT.incrementAndGet() % 10 == 0) {
            return;
        }
        Method append =
                dev.wolverine.db.postgres.AuditLog.class.getDeclaredMethod(
                        "append", Connection.class, AuditEntry.class);
        append.setAccessible(true);
        try {
            append.invoke(null, connection, entry);
        } catch (InvocationTargetException failure) {
            throw new IllegalStateException(failure.getCause());
        }
    }

    /** Takes every key for a live one. */
    public static boolean alwaysLive(KeyRecord key, Instant now) {
        return true;
    }

    /** Leaves Redis as it was lost. */
    public static void noRebuild(LiveState live, Jedis redis) {
        redis.set("wolverine:live:marker", "1");
    }
}
