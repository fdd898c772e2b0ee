package dev.wolverine.bench.chaos;

import dev.wolverine.bench.proxy.FaultProxy;
import dev.wolverine.bench.proxy.Toxic;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;

/** Lets the faults of a schedule happen, one after the other, and watches the recovery. */
final class Nemesis {
    private static final Duration RECOVERY_PATIENCE = Duration.ofSeconds(120);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final double LOST_ACKS = 0.3;
    private static final double RESETS = 0.2;
    private static final double LOST_COMMITS = 0.05;
    private static final int NARROW_BYTES_PER_SECOND = 10_000;
    private static final Toxic SLOW =
            new Toxic.Latency(Duration.ofMillis(200), Duration.ofMillis(400));
    private static final Toxic SLOW_DATABASE =
            new Toxic.Latency(Duration.ofMillis(20), Duration.ofMillis(40));

    private final TargetPlatform target;
    private final HttpCounters progress;
    private final Consumer<String> console;
    private final List<FaultRecord> records = new ArrayList<>();

    Nemesis(TargetPlatform target, HttpCounters progress, Consumer<String> console) {
        this.target = target;
        this.progress = progress;
        this.console = console;
    }

    /** What came of each fault, in order. */
    List<FaultRecord> run(Schedule schedule) throws InterruptedException {
        long began = System.nanoTime();
        for (PlannedFault fault : schedule.faults()) {
            sleepUntil(began + fault.at().toNanos());
            records.add(strike(fault));
            FaultRecord record = records.getLast();
            console.accept(
                    fault
                            + (record.recovery() == null
                                    ? ": NOT RECOVERED"
                                    : ": recovered after " + record.recovery().toMillis() + " ms")
                            + (record.fired() ? "" : " (did not strike: " + record.note() + ")"));
        }
        return List.copyOf(records);
    }

    private FaultRecord strike(PlannedFault fault) throws InterruptedException {
        long over;
        String note = "";
        try {
            over = act(fault);
        } catch (Exception failed) {
            if (failed instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            note = failed.toString();
            over = System.nanoTime();
        } finally {
            target.proxies().forEach(FaultProxy::heal);
        }
        return new FaultRecord(fault, note.isEmpty(), recovery(over), note);
    }

    private @Nullable Duration recovery(long since) throws InterruptedException {
        long givenUpAt = System.nanoTime() + RECOVERY_PATIENCE.toNanos();
        while (!progress.acknowledgedSince(since)) {
            if (System.nanoTime() > givenUpAt) {
                return null;
            }
            Thread.sleep(POLL);
        }
        return Duration.ofNanos(System.nanoTime() - since);
    }

    /** When it was over. */
    private long act(PlannedFault fault) throws Exception {
        return switch (fault.kind()) {
            case KILL_PLATFORM -> {
                long struck = kill("platform");
                target.start();
                yield struck;
            }
            case KILL_POSTGRES -> kill("postgres");
            case KILL_REDIS -> kill("redis");
            case PAUSE_PLATFORM -> pause("platform", fault.length());
            case PAUSE_POSTGRES -> pause("postgres", fault.length());
            case PAUSE_REDIS -> pause("redis", fault.length());
            case FLUSH_REDIS -> flush(target.truthOfRedis());
            case LOST_ACKS -> clients(new Toxic.DropAnswers(LOST_ACKS), fault.length());
            case SLOW_CLIENTS -> clients(SLOW, fault.length());
            case NARROW_CLIENTS ->
                    clients(new Toxic.Bandwidth(NARROW_BYTES_PER_SECOND), fault.length());
            case STALLED_CLIENTS -> clients(new Toxic.Stall(), fault.length());
            case RESET_CLIENTS -> clients(new Toxic.Reset(RESETS), fault.length());
            case HALF_OPEN_CLIENTS -> clients(new Toxic.HalfOpen(), fault.length());
            case SLOW_DATABASE -> disturb(target.database(), SLOW_DATABASE, fault.length());
            case STALLED_DATABASE -> disturb(target.database(), new Toxic.Stall(), fault.length());
            case RESET_DATABASE ->
                    disturb(target.database(), new Toxic.Reset(LOST_COMMITS), fault.length());
            case LOST_COMMITS ->
                    disturb(target.database(), new Toxic.DropAnswers(LOST_COMMITS), fault.length());
            case HALF_OPEN_DATABASE ->
                    disturb(target.database(), new Toxic.HalfOpen(), fault.length());
            case STALLED_REDIS -> disturb(target.redis(), new Toxic.Stall(), fault.length());
            case RESET_REDIS -> disturb(target.redis(), new Toxic.Reset(RESETS), fault.length());
            case DISK_FULL -> {
                try (AutoCloseable filler = target.fillDisk()) {
                    Thread.sleep(fault.length());
                }
                yield System.nanoTime();
            }
        };
    }

    private long kill(String process) throws IOException, InterruptedException {
        awaitRunning(process, "KILL");
        return System.nanoTime();
    }

    private long pause(String process, Duration length) throws IOException, InterruptedException {
        awaitRunning(process, "STOP");
        try {
            Thread.sleep(length);
        } finally {
            target.signal(process, "CONT");
        }
        return System.nanoTime();
    }

    private void awaitRunning(String process, String signal)
            throws IOException, InterruptedException {
        long givenUpAt = System.nanoTime() + RECOVERY_PATIENCE.toNanos();
        while (!target.signal(process, signal)) {
            if (System.nanoTime() > givenUpAt) {
                throw new IOException(process + " does not run");
            }
            Thread.sleep(POLL);
        }
    }

    private static long flush(URI redis) {
        try (Jedis connection = new Jedis(redis)) {
            connection.flushAll();
        }
        return System.nanoTime();
    }

    private long clients(Toxic toxic, Duration length) throws InterruptedException {
        target.http().disturb(toxic);
        return disturb(target.grpc(), toxic, length);
    }

    private long disturb(FaultProxy proxy, Toxic toxic, Duration length)
            throws InterruptedException {
        proxy.disturb(toxic);
        Thread.sleep(length);
        target.proxies().forEach(FaultProxy::heal);
        return System.nanoTime();
    }

    private static void sleepUntil(long nanos) throws InterruptedException {
        long wait = nanos - System.nanoTime();
        if (wait > 0) {
            Thread.sleep(Duration.ofNanos(wait));
        }
    }
}
