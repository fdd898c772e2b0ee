package dev.wolverine.alerts.notify;

import static dev.wolverine.alerts.outbound.ReceivingServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.wolverine.alerts.outbound.Network;
import dev.wolverine.alerts.outbound.OutboundHttp;
import dev.wolverine.alerts.outbound.OutboundRules;
import dev.wolverine.alerts.outbound.ReceivingServer;
import dev.wolverine.alerts.outbound.ReceivingServer.Received;
import dev.wolverine.db.model.ChannelKind;
import dev.wolverine.db.model.OutboxClaim;
import dev.wolverine.db.postgres.ClaimOutbox;
import dev.wolverine.db.postgres.FinishOutbox;
import dev.wolverine.db.postgres.ReplayDelivery;
import dev.wolverine.db.postgres.SelectOutboxLag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The outbox on a real PostgreSQL, with a real receiver at its end. */
class OutboxWorkerIT {

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int PER_MINUTE = 5;
    private static final SecretText SECRET =
            new SecretText("whsec_" + Base64.getEncoder().encodeToString(new byte[32]));

    private final OutboxDatabase outbox = new OutboxDatabase();
    private final ReceivingServer server = new ReceivingServer();
    private final SettableClock clock = new SettableClock();
    private final List<OutboxWorker> workers = new ArrayList<>();

    @AfterEach
    void stop() {
        workers.forEach(OutboxWorker::close);
        server.close();
        outbox.close();
    }

    @Test
    void aStormOfTenThousandIsFiveMessagesAMinuteAndLosesNothing() {
        UUID channel = webhook("storm");
        List<Notification> storm = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            storm.add(outbox.firing(UUID.randomUUID(), 1));
        }
        outbox.write(channel, storm, clock.instant());
        List<Instant> sent = new ArrayList<>();
        drive(Duration.ofSeconds(70), sent);
        // And while it goes on.
        List<Notification> more = new ArrayList<>();
        for (int second = 0; second < 180; second++) {
            List<Notification> now = List.of(outbox.firing(UUID.randomUUID(), 1));
            more.addAll(now);
            outbox.write(channel, now, clock.instant());
            drive(Duration.ofSeconds(1), sent);
        }
        drive(Duration.ofSeconds(61), sent);

        Set<String> told = new TreeSet<>();
        for (Received received : server.received()) {
            told.addAll(events(received));
        }
        assertThat(told)
                .as("transitions that the receiver was told of")
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(storm.stream(), more.stream())
                                .map(one -> one.eventId().toString())
                                .collect(Collectors.toSet()));
        assertThat(outbox.count("state IN ('delivered', 'superseded')")).isEqualTo(10_180);
        assertThat(outbox.count("state = 'superseded' AND digest_id IS NULL")).isZero();
        assertThat(outbox.texts("SELECT sum(covers) FROM deliveries").getFirst())
                .isEqualTo("10180");
        assertThat(sent).hasSameSizeAs(server.received());
        for (Instant one : sent) {
            assertThat(sent)
                    .filteredOn(
                            other -> !other.isBefore(one) && other.isBefore(one.plusSeconds(60)))
                    .as("messages in the minute from " + one)
                    .hasSizeLessThanOrEqualTo(PER_MINUTE);
        }
        System.out.printf(
                "outbox: 10,180 transitions in 5 minutes were %d messages, none missed%n",
                sent.size());
    }

    @Test
    void oneGroupIsToldInOrderWhateverFails() {
        UUID channel = webhook("order");
        UUID group = UUID.randomUUID();
        UUID other = UUID.randomUUID();
        outbox.write(
                channel,
                List.of(outbox.firing(group, 1), outbox.firing(group, 2), outbox.firing(other, 1)),
                clock.instant());
        server.then(status(503)).then(status(200)).then(status(500));
        drive(Duration.ofMinutes(2), new ArrayList<>());

        List<String> versions =
                server.received().stream()
                        .map(OutboxWorkerIT::json)
                        .filter(body -> body.at("/data/groupId").asText().equals(group.toString()))
                        .map(body -> body.at("/data/version").asText())
                        .toList();
        assertThat(versions)
                .as("the first was refused twice, and the second waited")
                .containsExactly("1", "1", "1", "2");
        assertThat(server.received().stream().map(OutboxWorkerIT::id).distinct()).hasSize(3);
        assertThat(outbox.count("state = 'delivered'")).isEqualTo(3);
    }

    @Test
    void triesAgainByTheScheduleAndGivesUpAfterTheLast() {
        UUID channel = webhook("refusing");
        outbox.write(channel, List.of(outbox.firing(UUID.randomUUID(), 1)), clock.instant());
        server.always(status(503));
        List<Instant> sent = new ArrayList<>();
        drive(Duration.ofMinutes(4), Duration.ofMillis(500), sent);
        drive(Duration.ofHours(48), Duration.ofSeconds(30), sent);

        assertThat(sent).hasSize(9);
        List<Long> seconds = List.of(5L, 30L, 120L, 600L, 3_600L, 10_800L, 28_800L, 86_400L);
        for (int i = 0; i < seconds.size(); i++) {
            long between = Duration.between(sent.get(i), sent.get(i + 1)).toSeconds();
            assertThat(between)
                    .isBetween(
                            (long) (seconds.get(i) * 0.8) - 1, (long) (seconds.get(i) * 1.2) + 31);
        }
        assertThat(outbox.texts("SELECT state || ' ' || attempts || ' ' || last_error FROM outbox"))
                .containsExactly("dead 9 the receiver answered 503; given up after 9 tries");
        assertThat(server.received().stream().map(OutboxWorkerIT::id).distinct()).hasSize(1);
    }

    @Test
    void whoAsksForAPauseGetsItToTheSecond() {
        UUID channel = webhook("slow");
        for (int i = 0; i < 3; i++) {
            outbox.write(channel, List.of(outbox.firing(UUID.randomUUID(), 1)), clock.instant());
        }
        server.then(status(429, "Retry-After: 20"));
        List<Instant> sent = new ArrayList<>();
        drive(Duration.ofSeconds(60), sent);

        assertThat(sent).hasSize(4);
        assertThat(Duration.between(sent.get(0), sent.get(1)).toMillis())
                .isBetween(19_900L, 21_000L);
        assertThat(server.received().stream().map(OutboxWorkerIT::id).toList())
                .as("order is kept")
                .isEqualTo(
                        Stream.concat(
                                        outbox
                                                .texts(
                                                        "SELECT event_id FROM outbox ORDER BY id LIMIT 1")
                                                .stream(),
                                        outbox
                                                .texts("SELECT event_id FROM outbox ORDER BY id")
                                                .stream())
                                .toList());
    }

    @Test
    void whoIsGoneIsDisabledWithTheReason() {
        UUID channel = webhook("gone");
        outbox.write(
                channel,
                List.of(outbox.firing(UUID.randomUUID(), 1), outbox.firing(UUID.randomUUID(), 1)),
                clock.instant());
        server.always(status(410));
        drive(Duration.ofMinutes(5), new ArrayList<>());

        assertThat(server.received()).hasSize(1);
        var disabled = outbox.channels().find(outbox.organisation(), channel).orElseThrow();
        assertThat(disabled.enabled()).isFalse();
        assertThat(disabled.disabledBecause()).contains("410");
        assertThat(outbox.count("state = 'dead'")).isEqualTo(2);
        assertThat(outbox.texts("SELECT action FROM audit_log ORDER BY seq"))
                .containsExactly("channel.create", "channel.disable");
    }

    @Test
    void aProcessThatDiesBetweenSendingAndStoringLosesNothing() {
        UUID channel = webhook("crash");
        Notification notification = outbox.firing(UUID.randomUUID(), 1);
        outbox.write(channel, List.of(notification), clock.instant());
        OutboxClaim claim = claims().execute(clock.instant()).orElseThrow();
        assertThat(deliveries(clock).deliver(claim)).isInstanceOf(Outcome.Delivered.class);
        // Nothing more comes of that process.
        drive(Duration.ofSeconds(50), new ArrayList<>());
        assertThat(server.received()).as("the lease is not over").hasSize(1);
        drive(Duration.ofSeconds(20), new ArrayList<>());

        assertThat(server.received().stream().map(OutboxWorkerIT::id).toList())
                .containsExactly(
                        notification.eventId().toString(), notification.eventId().toString());
        assertThat(outbox.count("state = 'delivered'")).isEqualTo(1);
    }

    @Test
    void aDigestThatFailsIsTheSameDigestWhenItIsTriedAgain() {
        UUID channel = webhook("digest");
        List<Notification> storm = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            storm.add(outbox.firing(UUID.randomUUID(), 1));
        }
        outbox.write(channel, storm, clock.instant());
        server.then(status(200)).then(status(200)).then(status(200)).then(status(200));
        server.then(status(503));
        drive(Duration.ofSeconds(6), new ArrayList<>());
        outbox.write(channel, List.of(outbox.firing(UUID.randomUUID(), 1)), clock.instant());
        drive(Duration.ofMinutes(3), new ArrayList<>());

        List<Received> digests =
                server.received().stream()
                        .filter(one -> json(one).get("type").asText().equals("alerts.digest"))
                        .toList();
        assertThat(digests).hasSize(2);
        assertThat(id(digests.get(0))).isEqualTo(id(digests.get(1)));
        assertThat(events(digests.get(0))).hasSize(96).isEqualTo(events(digests.get(1)));
        assertThat(outbox.count("state IN ('delivered', 'superseded')")).isEqualTo(101);
    }

    @Test
    void severalProcessesDeliverOnce() {
        List<Notification> all = new ArrayList<>();
        for (int channel = 0; channel < 20; channel++) {
            UUID id = webhook("one of many " + channel);
            for (int i = 0; i < 3; i++) {
                Notification one = outbox.firing(UUID.randomUUID(), 1);
                all.add(one);
                outbox.write(id, List.of(one), Instant.now());
            }
        }
        for (int i = 0; i < 4; i++) {
            startWorker();
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> outbox.count("state = 'delivered'") == all.size());
        assertThat(server.received().stream().map(OutboxWorkerIT::id).toList())
                .containsExactlyInAnyOrderElementsOf(
                        all.stream().map(one -> one.eventId().toString()).toList());
    }

    /** Nobody wakes it: the writer may be another process. */
    @Test
    void whatIsWrittenIsDeliveredWithinASecond() {
        int rounds = 100;
        List<UUID> channels = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            channels.add(webhook("channel " + i));
        }
        startWorker();
        List<Long> millis = new ArrayList<>();
        for (UUID channel : channels) {
            Notification one = outbox.firing(UUID.randomUUID(), 1);
            long begun = System.nanoTime();
            outbox.write(channel, List.of(one), Instant.now());
            await().pollInterval(Duration.ofMillis(2))
                    .until(() ->
                            server.received().stream()
                                    .anyMatch(received ->
                                            id(received).equals(one.eventId().toString())));
            millis.add(Duration.ofNanos(System.nanoTime() - begun).toMillis());
        }
        millis.sort(null);
        System.out.printf(
                "outbox: written to delivered in ms: p50 %d, p99 %d, worst %d of %d%n",
                millis.get(rounds / 2), millis.get(rounds - 2), millis.getLast(), rounds);
        assertThat(millis.get(rounds - 2)).isLessThanOrEqualTo(1_000);
    }

    @Test
    void aHangingReceiverHoldsUpNobodyElse() {
        try (ReceivingServer hanging = new ReceivingServer().always(ReceivingServer.hanging())) {
            for (int i = 0; i < 10; i++) {
                UUID channel =
                        outbox.channel(
                                "hanging " + i,
                                new Target.Webhook(
                                        new SecretText(hanging.url("/")), List.of(SECRET)));
                outbox.write(channel, List.of(outbox.firing(UUID.randomUUID(), 1)), Instant.now());
            }
            UUID well = webhook("well");
            startWorker();
            await().until(() -> hanging.received().size() == 10);
            outbox.write(well, List.of(outbox.firing(UUID.randomUUID(), 1)), Instant.now());
            await().atMost(Duration.ofSeconds(2)).until(() -> server.received().size() == 1);
        }
    }

    @Test
    void lagIsWhatCouldHaveGoneOutAndHasNot() {
        SelectOutboxLag lag = new SelectOutboxLag(outbox.database().writer(), PER_MINUTE);
        assertThat(lag.execute(clock.instant())).isZero();
        UUID channel = webhook("lag");
        UUID group = UUID.randomUUID();
        outbox.write(channel, List.of(outbox.firing(group, 1)), clock.instant());
        clock.forward(Duration.ofSeconds(90));
        assertThat(lag.execute(clock.instant())).isEqualTo(Duration.ofSeconds(90));

        server.always(status(503));
        drive(Duration.ofSeconds(1), new ArrayList<>());
        outbox.write(channel, List.of(outbox.firing(group, 2)), clock.instant());
        clock.forward(Duration.ofSeconds(2));
        assertThat(lag.execute(clock.instant())).as("both wait for the next try").isZero();
    }

    @Test
    void whatWasDeliveredCanBeDeliveredAgain() {
        UUID channel = webhook("again");
        outbox.write(channel, List.of(outbox.firing(UUID.randomUUID(), 1)), clock.instant());
        drive(Duration.ofSeconds(2), new ArrayList<>());
        long delivery = Long.parseLong(outbox.texts("SELECT id FROM deliveries").getFirst());
        ReplayDelivery replay = new ReplayDelivery(outbox.database().writer());

        assertThat(replay.execute(UUID.randomUUID(), delivery, clock.instant(), "eve"))
                .isEqualTo(ReplayDelivery.Replay.UNKNOWN);
        assertThat(replay.execute(outbox.organisation(), delivery, clock.instant(), "ann"))
                .isEqualTo(ReplayDelivery.Replay.DONE);
        drive(Duration.ofSeconds(2), new ArrayList<>());
        assertThat(server.received().stream().map(OutboxWorkerIT::id).toList())
                .hasSize(2)
                .containsOnly(id(server.received().getFirst()));
    }

    @Test
    void nothingOfASecretIsInTheTables() {
        UUID channel = webhook("secret");
        server.always(status(500));
        outbox.write(channel, List.of(outbox.firing(UUID.randomUUID(), 1)), clock.instant());
        drive(Duration.ofSeconds(20), new ArrayList<>());
        for (String table : List.of("channels", "outbox", "deliveries", "audit_log")) {
            assertThat(outbox.texts("SELECT t::text FROM " + table + " t"))
                    .as(table)
                    .isNotEmpty()
                    .noneMatch(row -> row.contains(SECRET.reveal().substring(6)))
                    .noneMatch(row -> row.contains("/hook/canary"));
        }
    }

    /** One worker in virtual time, without threads. */
    private void drive(Duration length, List<Instant> sent) {
        drive(length, Duration.ofMillis(250), sent);
    }

    private void drive(Duration length, Duration step, List<Instant> sent) {
        ClaimOutbox claims = claims();
        List<OutboxClaim> taken = new ArrayList<>();
        try (OutboxWorker worker =
                worker(
                        claim -> {
                            taken.add(claim);
                            sent.add(clock.instant());
                            return deliveries(clock).deliver(claim);
                        },
                        clock)) {
            Instant end = clock.instant().plus(length);
            while (clock.instant().isBefore(end)) {
                for (Optional<OutboxClaim> claim = claims.execute(clock.instant());
                        claim.isPresent();
                        claim = claims.execute(clock.instant())) {
                    worker.work(claim.get());
                }
                clock.forward(step);
            }
        }
    }

    private void startWorker() {
        OutboxWorker worker = worker(deliveries(Clock.systemUTC()), Clock.systemUTC());
        workers.add(worker);
        worker.start();
    }

    private OutboxWorker worker(OutboxWorker.Deliveries deliveries, Clock at) {
        return new OutboxWorker(
                claims(),
                new FinishOutbox(outbox.database().writer()),
                deliveries,
                new RetrySchedule(Math::random),
                32,
                at,
                new SimpleMeterRegistry());
    }

    private ClaimOutbox claims() {
        return new ClaimOutbox(outbox.database().writer(), PER_MINUTE, OutboxWorker.LEASE);
    }

    private Notifiers deliveries(Clock at) {
        OutboundHttp http =
                new OutboundHttp(
                        new OutboundRules(List.of(Network.parse("127.0.0.0/8"))),
                        OutboundHttp.Resolver.ofMachine(),
                        Duration.ofSeconds(10),
                        Optional.empty(),
                        at);
        return new Notifiers(
                outbox.vault(), Map.of(ChannelKind.WEBHOOK, new WebhookNotifier(http, at)));
    }

    private UUID webhook(String name) {
        return outbox.channel(
                name,
                new Target.Webhook(new SecretText(server.url("/hook/canary")), List.of(SECRET)));
    }

    private static String id(Received received) {
        return received.header("webhook-id");
    }

    private static List<String> events(Received received) {
        JsonNode body = json(received);
        return body.get("type").asText().equals("alerts.digest")
                ? body.get("data").get("notifications").findValuesAsText("eventId")
                : List.of(body.get("id").asText());
    }

    private static JsonNode json(Received received) {
        try {
            return MAPPER.readTree(received.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
