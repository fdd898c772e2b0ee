package dev.wolverine.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.bench.fleet.Kind;
import dev.wolverine.bench.fleet.SimulatedFleet;
import dev.wolverine.bench.fleet.SimulatedInstance;
import dev.wolverine.bench.ledger.LedgerWriter;
import dev.wolverine.proto.v1.Heartbeat;
import dev.wolverine.proto.v1.RefusalReason;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetClientTest {
    private static final int INSTANCES = 12;
    private static final int HOURS = 8;
    private static final int BEATS = INSTANCES * HOURS * 60;

    @TempDir private Path ledger;

    private final Clock clock = Clock.systemUTC();
    private final SimulatedFleet fleet =
            new SimulatedFleet(
                    3, clock.millis() / 60_000 * 60 - SimulatedFleet.PROLOGUE_SECONDS, INSTANCES);

    @Test
    void everyBeatOfTheHistoryArrivesOnceAndIsInTheLedger() throws Exception {
        try (RecordingPlatform platform = RecordingPlatform.wellBehaved()) {
            FleetCounters counters = deliverHistory(platform);

            assertThat(platform.stored).hasSize(BEATS).allSatisfy((b, n) -> assertThat(n).isOne());
            assertThat(platform.mostInFlight).hasValueLessThanOrEqualTo(1000);
            assertThat(counters.unanswered()).isZero();
            assertThat(lines(".acks")).hasSize(BEATS);
            assertThat(new HashSet<>(lines(".attempts"))).containsAll(lines(".acks"));
        }
    }

    @Test
    void whatABrokenCallLeftUnansweredIsSentAgain() throws Exception {
        try (RecordingPlatform platform = new RecordingPlatform(beat -> Optional.empty(), 5)) {
            FleetCounters counters = deliverHistory(platform);

            assertThat(counters.reconnects()).isPositive();
            assertThat(platform.stored).hasSize(BEATS);
            assertThat(platform.stored.values()).anyMatch(times -> times > 1);
            assertThat(new HashSet<>(lines(".acks"))).hasSize(BEATS);
            assertThat(counters.unanswered()).isZero();
        }
    }

    @Test
    void aBeatRefusedForNowComesAgain() throws Exception {
        Set<Heartbeat> refusedOnce = ConcurrentHashMap.newKeySet();
        try (RecordingPlatform platform =
                new RecordingPlatform(
                        beat ->
                                beat.getTimestamp() % 7 == 0 && refusedOnce.add(beat)
                                        ? RecordingPlatform.refuse(RefusalReason.OVERLOADED, true)
                                        : Optional.empty(),
                        0)) {
            FleetCounters counters = deliverHistory(platform);

            assertThat(refusedOnce).isNotEmpty();
            assertThat(platform.stored).hasSize(BEATS);
            assertThat(counters.line()).contains("OVERLOADED=" + refusedOnce.size());
            assertThat(lines(".refusals")).isEmpty();
        }
    }

    @Test
    void aBeatRefusedForGoodIsRecordedAndNotSentAgain() throws Exception {
        try (RecordingPlatform platform =
                new RecordingPlatform(
                        beat ->
                                beat.getTimestamp() % 7 == 0
                                        ? RecordingPlatform.refuse(RefusalReason.TOO_OLD, false)
                                        : Optional.empty(),
                        0)) {
            FleetCounters counters = deliverHistory(platform);

            assertThat(platform.arrivals()).hasSize(BEATS);
            assertThat(lines(".refusals"))
                    .hasSize(BEATS - platform.stored.size())
                    .allMatch(line -> line.endsWith(" TOO_OLD"));
            assertThat(counters.refusedForGood()).isEqualTo(lines(".refusals").size());
            assertThat(lines(".acks")).hasSize(platform.stored.size());
        }
    }

    @Test
    void beatsMadeWhileThePlatformIsAwayComeWhenItIsBack() throws Exception {
        FleetSettings settings =
                new FleetSettings(
                        Duration.ZERO, Duration.ofMinutes(1), Duration.ofSeconds(1), 0, 4, 2);
        RecordingPlatform first = RecordingPlatform.wellBehaved();
        int port = first.port();
        List<ManagedChannel> channels = channels(port);
        try (LedgerWriter writer = LedgerWriter.begin(ledger, "live", fleet);
                FleetClient client = new FleetClient(fleet, settings, channels, writer, clock, 1)) {
            client.start();
            await().until(() -> first.stored.size() > INSTANCES);
            first.close();
            await().until(() -> client.counters().unanswered() > 2 * INSTANCES);
            try (RecordingPlatform second = RecordingPlatform.wellBehavedAt(port)) {
                await().until(() -> client.counters().unanswered() < INSTANCES);
                client.close();

                assertThat(client.counters().unanswered()).isZero();
                assertThat(client.counters().forgotten()).isZero();
                Set<Heartbeat> kept = new HashSet<>(first.stored.keySet());
                kept.addAll(second.stored.keySet());
                assertThat(new HashSet<>(lines(".attempts"))).hasSize(kept.size());
                assertThat(new HashSet<>(lines(".acks"))).hasSize(kept.size());
            }
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }

    @Test
    void anOutageOfTheInstanceIsReplayedOldestFirstAfterOneNewerBeat() throws Exception {
        try (RecordingPlatform platform = RecordingPlatform.wellBehaved()) {
            deliverHistory(platform);

            SimulatedInstance offline =
                    IntStream.range(0, INSTANCES)
                            .mapToObj(fleet::instance)
                            .filter(instance -> instance.kind() == Kind.OFFLINE)
                            .findFirst()
                            .orElseThrow();
            List<Long> order =
                    platform.arrivals().stream()
                            .filter(beat -> beat.getInstanceId().equals(offline.id()))
                            .map(beat -> fleet.secondAt(beat.getTimestamp()))
                            .toList();
            int newer =
                    IntStream.range(1, order.size())
                            .filter(i -> order.get(i) < order.get(i - 1))
                            .findFirst()
                            .orElseThrow();
            long missed = (order.get(newer - 1) - order.get(newer)) / 60;
            assertThat(missed).isBetween(10L, 65L);
            assertThat(order.subList(newer, newer + (int) missed)).isSorted();
            assertThat(order.get(newer + (int) missed)).isGreaterThan(order.get(newer - 1));
        }
    }

    private FleetCounters deliverHistory(RecordingPlatform platform) throws Exception {
        FleetSettings settings =
                new FleetSettings(
                        Duration.ofHours(HOURS),
                        Duration.ofMinutes(1),
                        Duration.ofHours(1000),
                        0,
                        4,
                        2);
        List<ManagedChannel> channels = channels(platform.port());
        try (LedgerWriter writer = LedgerWriter.begin(ledger, "history", fleet);
                FleetClient client = new FleetClient(fleet, settings, channels, writer, clock, 1)) {
            client.start();
            await().until(() -> client.counters().historySent());
            client.close();
            return client.counters();
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }

    private static List<ManagedChannel> channels(int port) {
        return Stream.generate(() ->
                        (ManagedChannel)
                                NettyChannelBuilder.forAddress("127.0.0.1", port)
                                        .usePlaintext()
                                        .directExecutor()
                                        .build())
                .limit(2)
                .toList();
    }

    private List<String> lines(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(ledger)) {
            Path file = files.filter(f -> f.toString().endsWith(suffix)).findFirst().orElseThrow();
            return Files.readAllLines(file).stream().filter(line -> !line.startsWith("#")).toList();
        }
    }
}
