package dev.wolverine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.AppendResult;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.QuarantinedBeat;
import dev.wolverine.ingest.HeartbeatLog.Outcome;
import dev.wolverine.ingest.decode.JsonHeartbeatDecoder;
import dev.wolverine.ingest.decode.UndecodableBeat;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** What every {@link HeartbeatLog} promises: an implementation's test extends this. */
@NullUnmarked
abstract class HeartbeatLogContract {

    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    /** The log under test, which writes into the database of the fixtures. */
    abstract HeartbeatLog log();

    /** Where the log writes. */
    abstract Fixtures fixtures();

    /** Stops the log. */
    abstract void stop();

    @Test
    void whatIsDurableCanBeReadByOthers() throws Exception {
        for (int i = 0; i < 50; i++) {
            Heartbeat beat = beat("wlv_a", i, 100);
            assertThat(Fixtures.await(log().append(beat)))
                    .isEqualTo(new Outcome.Durable(AppendResult.STORED));
            assertThat(
                            fixtures()
                                    .rows(
                                            "SELECT ts FROM heartbeats WHERE ts = ?",
                                            Timestamp.from(beat.timestamp())))
                    .hasSize(1);
        }
    }

    @Test
    void theSameBeatAgainChangesNothing() throws Exception {
        List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            outcomes.add(log().append(beat("wlv_a", 0, 100)));
        }
        assertThat(outcomes.stream().map(Fixtures::await))
                .containsOnlyOnce(new Outcome.Durable(AppendResult.STORED))
                .contains(new Outcome.Durable(AppendResult.DUPLICATE))
                .hasSize(20);
        assertThat(fixtures().rows("SELECT ts FROM heartbeats")).hasSize(1);
        assertThat(fixtures().rows("SELECT id FROM heartbeat_quarantine")).isEmpty();
    }

    @Test
    void ofTwoThatContradictEachOtherOneIsKeptAside() throws Exception {
        Fixtures.await(log().append(beat("wlv_a", 0, 100)));
        assertThat(Fixtures.await(log().append(beat("wlv_a", 0, 101))))
                .isEqualTo(new Outcome.Durable(AppendResult.CONFLICT));
        assertThat(fixtures().rows("SELECT ts FROM heartbeats")).hasSize(1);
        assertThat(fixtures().rows("SELECT reason FROM heartbeat_quarantine"))
                .containsExactly(Map.of("reason", "conflict"));
    }

    @Test
    void whatGoesToQuarantineIsDurableToo() {
        QuarantinedBeat aside =
                new QuarantinedBeat(
                        new Identity(fixtures().organisation, "wlv_a"),
                        NOW,
                        QuarantineReason.MISSING_TIMESTAMP,
                        "timestamp is missing",
                        "application/json",
                        new byte[] {'{', '}'});
        assertThat(Fixtures.await(log().append(aside)))
                .isEqualTo(new Outcome.Durable(AppendResult.QUARANTINED));
        assertThat(fixtures().rows("SELECT reason FROM heartbeat_quarantine")).hasSize(1);
    }

    @Test
    void aLogThatHasStoppedRefusesAndSaysWhenToComeBack() throws Exception {
        stop();
        assertThat(Fixtures.await(log().append(beat("wlv_a", 0, 100))))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.retryAfter().toSeconds()).isPositive());
        assertThat(fixtures().rows("SELECT ts FROM heartbeats")).isEmpty();
    }

    @Test
    void aBeatOfADayThatWasDroppedIsStoredOrPutAside() throws Exception {
        Instant old = NOW.minus(Duration.ofDays(20));
        Fixtures.await(log().append(beat("wlv_a", old, 100)));
        LocalDate horizon = LocalDate.ofInstant(NOW, ZoneOffset.UTC).minusDays(10);
        assertThat(fixtures().partitions.dropDaysBefore(horizon)).isNotEmpty();
        assertThat(Fixtures.await(log().append(beat("wlv_b", old, 100))))
                .isEqualTo(new Outcome.Durable(AppendResult.STORED));
        assertThat(Fixtures.await(log().append(beat("wlv_a", old.minusSeconds(60), 100))))
                .isEqualTo(new Outcome.Durable(AppendResult.QUARANTINED));
        assertThat(Fixtures.await(log().append(beat("wlv_a", NOW, 100))))
                .isEqualTo(new Outcome.Durable(AppendResult.STORED));
        assertThat(fixtures().rows("SELECT reason FROM heartbeat_quarantine"))
                .containsExactly(Map.of("reason", "unstorable"));
    }

    @Test
    void aBeatOfATimeThatNobodyPreparedForIsStored() throws Exception {
        for (String time : List.of("1970-01-01T00:00:00Z", "2099-12-31T23:59:59.999Z")) {
            assertThat(Fixtures.await(log().append(beat("wlv_" + time, Instant.parse(time), 100))))
                    .as(time)
                    .isEqualTo(new Outcome.Durable(AppendResult.STORED));
        }
    }

    private Heartbeat beat(String instance, int second, int memoryMb) throws UndecodableBeat {
        return beat(instance, NOW.minusSeconds(second), memoryMb);
    }

    private Heartbeat beat(String instance, Instant timestamp, int memoryMb)
            throws UndecodableBeat {
        return new JsonHeartbeatDecoder()
                .decode(Heartbeats.json(instance, timestamp.toEpochMilli(), memoryMb))
                .build(new Identity(fixtures().organisation, instance), timestamp, NOW, 0);
    }
}
