package dev.wolverine.bench.stream;

import dev.wolverine.bench.fleet.SimulatedFleet;
import dev.wolverine.bench.fleet.SimulatedInstance;
import dev.wolverine.bench.ledger.LedgerWriter;
import dev.wolverine.proto.v1.TelemetryServiceGrpc;
import io.grpc.ManagedChannel;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The simulated fleet at work: its instances spread over streams, its streams over connections.
 *
 * <p>Starts a virtual thread a stream. {@link #close()} makes the streams deliver what is on its
 * way, and closes neither the channels nor the ledger.
 */
public final class FleetClient implements AutoCloseable {
    /** A live instance that loses its connection now and then does so once in so many intervals. */
    private static final int INTERVALS_PER_OUTAGE = 84;

    private final List<HeartbeatStream> streams = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final FleetCounters counters = new FleetCounters();

    /**
     * @param channels carry the key already; the streams go round
     * @param seed of the back-off's jitter
     */
    public FleetClient(
            SimulatedFleet fleet,
            FleetSettings settings,
            List<ManagedChannel> channels,
            LedgerWriter ledger,
            Clock clock,
            long seed) {
        long now = clock.millis();
        long liveFrom = fleet.secondAt(now) + 1;
        long historyFrom = Math.max(0, liveFrom - settings.history().toSeconds());
        Pace pace = new Pace(historyFrom, now, settings.speed());
        for (int number = 0; number < Math.min(settings.streams(), fleet.instances()); number++) {
            List<Lane> lanes = new ArrayList<>();
            for (int index = number; index < fleet.instances(); index += settings.streams()) {
                lanes.add(lane(fleet.instance(index), settings, historyFrom, liveFrom));
            }
            streams.add(
                    new HeartbeatStream(
                            TelemetryServiceGrpc.newStub(channels.get(number % channels.size())),
                            lanes,
                            ledger,
                            counters,
                            clock,
                            new SplittableRandom(seed + number),
                            pace));
        }
    }

    private static Lane lane(
            SimulatedInstance instance, FleetSettings settings, long historyFrom, long liveFrom) {
        long interval = settings.interval().toSeconds();
        return new Lane(
                instance,
                instance.outages().withPeriod(interval * INTERVALS_PER_OUTAGE),
                new HistoryCursor(
                        instance, historyFrom, liveFrom, settings.historyInterval().toSeconds()),
                liveFrom,
                interval);
    }

    /** Begins to send. */
    public void start() {
        for (HeartbeatStream stream : streams) {
            threads.add(Thread.ofVirtual().name("heartbeat-stream").start(stream));
        }
    }

    public FleetCounters counters() {
        return counters;
    }

    /** Whether a stream has ended by itself: it failed, and the run is worth nothing. */
    public boolean failed() {
        return threads.stream().anyMatch(thread -> !thread.isAlive());
    }

    @Override
    public void close() throws InterruptedException {
        streams.forEach(HeartbeatStream::stop);
        for (Thread thread : threads) {
            thread.join(Duration.ofSeconds(30));
        }
    }
}
