package dev.wolverine.bench.command;

import dev.wolverine.bench.fleet.SimulatedFleet;
import dev.wolverine.bench.ledger.LedgerWriter;
import dev.wolverine.bench.ledger.Verification;
import dev.wolverine.bench.stream.FleetClient;
import dev.wolverine.bench.stream.FleetSettings;
import dev.wolverine.bench.stream.GrpcTarget;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** `fleet`: a simulated fleet that replays its past and goes on live. */
@Command(
        name = "fleet",
        description = "Simulates a fleet of instances that sends its history, then live beats.",
        mixinStandardHelpOptions = true)
final class FleetCommand implements Callable<Integer> {
    private static final long SECONDS_TO_STOP = 30;

    private final Clock clock;
    private final Console console;

    @Option(names = "--grpc", required = true, paramLabel = "HOST:PORT", description = "Platform.")
    private String grpc = "";

    @Option(
            names = "--key-file",
            required = true,
            paramLabel = "FILE",
            description = "Its only line is a key that may write for any instance.")
    private Path keyFile = Path.of("");

    @Option(
            names = "--ledger",
            required = true,
            paramLabel = "DIR",
            description = "For what was sent and promised. Names one fleet for ever.")
    private Path ledger = Path.of("");

    @Option(
            names = "--instances",
            defaultValue = "50",
            description = "Size of the fleet. Default: ${DEFAULT-VALUE}.")
    private int instances;

    @Option(
            names = "--history",
            defaultValue = "24h",
            description = "Past replayed first. Default: ${DEFAULT-VALUE}.")
    private Duration history = Duration.ZERO;

    @Option(
            names = "--history-interval",
            defaultValue = "60s",
            description = "Between two beats of the past. Default: ${DEFAULT-VALUE}.")
    private Duration historyInterval = Duration.ZERO;

    @Option(
            names = "--interval",
            defaultValue = "5s",
            description = "Between two live beats. Default: ${DEFAULT-VALUE}.")
    private Duration interval = Duration.ZERO;

    @Option(
            names = "--speed",
            defaultValue = "0",
            description =
                    "History at so many times real time; 0, the default: as fast as it is acknowledged.")
    private double speed;

    @Option(
            names = "--streams",
            defaultValue = "50",
            description = "gRPC streams. Default: ${DEFAULT-VALUE}.")
    private int streams;

    @Option(
            names = "--connections",
            defaultValue = "2",
            description = "TCP connections. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Repeats the fleet. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--duration",
            description = "Live part after the history; 0: none of it. Default: until stopped.")
    private @Nullable Duration duration;

    FleetCommand(Clock clock, Console console) {
        this.clock = clock;
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        FleetSettings settings =
                new FleetSettings(history, historyInterval, interval, speed, streams, connections);
        SimulatedFleet fleet = fleet();
        List<ManagedChannel> channels =
                new GrpcTarget(grpc, new KeyFile(keyFile).read()).open(connections);
        String process = clock.millis() + "-" + ProcessHandle.current().pid();
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndAwait(stop, stopped)));
        try (LedgerWriter writer = LedgerWriter.begin(ledger, process, fleet);
                FleetClient client =
                        new FleetClient(fleet, settings, channels, writer, clock, clock.millis())) {
            client.start();
            return new FleetWatch(client, duration, console).run(stop);
        } finally {
            GrpcTarget.close(channels);
            stopped.countDown();
        }
    }

    /** The fleet that the ledger was begun with, so that a restart tells the same past. */
    private SimulatedFleet fleet() throws IOException {
        Optional<SimulatedFleet> former = Verification.fleetOf(ledger);
        if (former.isPresent() && former.get().seed() != seed) {
            throw new IllegalArgumentException(
                    "seed: %d (expected: %d, with which %s was begun)"
                            .formatted(seed, former.get().seed(), ledger));
        }
        long thisMinute = clock.millis() / 60_000 * 60;
        return new SimulatedFleet(
                seed,
                former.map(SimulatedFleet::originSecond)
                        .orElse(thisMinute - SimulatedFleet.PROLOGUE_SECONDS),
                instances);
    }

    private static void stopAndAwait(CountDownLatch stop, CountDownLatch stopped) {
        stop.countDown();
        try {
            if (!stopped.await(SECONDS_TO_STOP, TimeUnit.SECONDS)) {
                Thread.currentThread().interrupt();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
