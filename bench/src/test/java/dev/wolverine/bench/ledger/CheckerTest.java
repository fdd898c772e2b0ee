package dev.wolverine.bench.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.bench.fleet.SimulatedFleet;
import dev.wolverine.bench.fleet.SimulatedInstance;
import dev.wolverine.bench.ledger.CheckReport.Verdict;
import dev.wolverine.bench.ledger.Store.StoredBeat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checker proves nothing before it has found each fault that it is there for. */
class CheckerTest {
    @TempDir private Path directory;

    private final SimulatedFleet fleet = new SimulatedFleet(5, 1_795_000_020L, 6);
    private final List<BeatKey> sent = new ArrayList<>();
    private final FakeStore store = new FakeStore();

    @BeforeEach
    void sendAndStore() throws IOException {
        for (int index = 0; index < fleet.instances(); index++) {
            SimulatedInstance instance = fleet.instance(index);
            for (long second = instance.dueFrom(0, 60); second < 7200; second += 60) {
                sent.add(new BeatKey(instance.id(), instance.timestamp(second)));
                store.rows.add(row(instance, second));
            }
        }
        try (LedgerWriter writer = LedgerWriter.begin(directory, "1", fleet)) {
            writer.attempted(sent);
            writer.acknowledged(sent);
        }
    }

    @Test
    void keptPromisesAreValid() throws IOException {
        CheckReport report = check();

        assertThat(report.verdict()).isEqualTo(Verdict.VALID);
        assertThat(report.stored()).isEqualTo(sent.size());
        assertThat(report.acknowledged()).isEqualTo(sent.size());
        assertThat(report.examples()).isEmpty();
    }

    @Test
    void oneMissingRowIsInvalid() throws IOException {
        StoredBeat missing = store.rows.remove(100);

        CheckReport report = check();

        assertThat(report.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(report.lost()).isOne();
        assertThat(report.examples())
                .containsExactly(
                        "lost: %s at %d"
                                .formatted(missing.key().instanceId(), missing.key().timestamp()));
    }

    @Test
    void oneInventedRowIsInvalid() throws IOException {
        store.rows.add(row(fleet.instance(2), 9000));

        CheckReport report = check();

        assertThat(report.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(report.invented()).isOne();
    }

    @Test
    void aRowWithAnotherTimeIsInventedAndItsOriginalLost() throws IOException {
        StoredBeat row = store.rows.removeFirst();
        store.rows.add(
                new StoredBeat(
                        new BeatKey(row.key().instanceId(), row.key().timestamp() + 1),
                        row.columns()));

        CheckReport report = check();

        assertThat(report.invented()).isOne();
        assertThat(report.lost()).isOne();
    }

    @Test
    void aRowOfAnotherInstanceIsInvalid() throws IOException {
        StoredBeat row = store.rows.removeFirst();
        store.rows.add(
                new StoredBeat(
                        new BeatKey(fleet.instance(1).id(), row.key().timestamp()), row.columns()));

        assertThat(check().verdict()).isEqualTo(Verdict.INVALID);
    }

    @Test
    void oneDuplicateRowIsInvalid() throws IOException {
        store.rows.add(store.rows.getLast());

        CheckReport report = check();

        assertThat(report.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(report.duplicates()).isOne();
    }

    @Test
    void oneChangedValueInAnyColumnIsInvalid() throws IOException {
        StoredBeat original = store.rows.getFirst();
        for (int column = 0; column < NarrowColumns.NAMES.size(); column++) {
            int[] values = values(fleet.instance(0), original);
            values[column]++;
            store.rows.set(0, new StoredBeat(original.key(), new NarrowColumns(values)));

            CheckReport report = check();

            assertThat(report.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(report.differing()).isOne();
            assertThat(report.examples())
                    .singleElement()
                    .asString()
                    .contains(NarrowColumns.NAMES.get(column) + ": ");
        }
    }

    @Test
    void aBeatInQuarantineIsKept() throws IOException {
        StoredBeat row = store.rows.removeFirst();
        store.quarantine.add(row.key());

        assertThat(check().verdict()).isEqualTo(Verdict.VALID);
    }

    @Test
    void aBeatRefusedForGoodMustBeInQuarantine() throws IOException {
        BeatKey refused = sendWithoutAck();
        try (LedgerWriter writer = LedgerWriter.begin(directory, "3", fleet)) {
            writer.refused(refused, "TOO_OLD");
        }
        assertThat(check().lost()).isOne();

        store.quarantine.add(refused);
        assertThat(check().verdict()).isEqualTo(Verdict.VALID);
    }

    @Test
    void aBeatThatAFullQuarantineRefusedIsNoLoss() throws IOException {
        BeatKey refused = sendWithoutAck();
        try (LedgerWriter writer = LedgerWriter.begin(directory, "3", fleet)) {
            writer.refused(refused, "QUARANTINE_FULL");
        }

        assertThat(check().verdict()).isEqualTo(Verdict.VALID);
    }

    @Test
    void aBeatWithoutAnAckMayBeStoredOrNot() throws IOException {
        sendWithoutAck();
        assertThat(check().verdict()).isEqualTo(Verdict.VALID);

        store.rows.add(row(fleet.instance(0), 8000));
        CheckReport report = check();
        assertThat(report.verdict()).isEqualTo(Verdict.VALID);
        assertThat(report.unanswered()).isOne();
    }

    @Test
    void anAckOfABeatThatNeverWasIsInvalid() throws IOException {
        try (LedgerWriter writer = LedgerWriter.begin(directory, "2", fleet)) {
            writer.acknowledged(List.of(new BeatKey(fleet.instance(0).id(), 17)));
        }

        assertThat(check().verdict()).isEqualTo(Verdict.INVALID);
    }

    @Test
    void anUnreadableStoreIsUnknown() throws IOException {
        store.readable = false;

        CheckReport report = check();

        assertThat(report.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(report.reason()).contains("cannot be read");
    }

    @Test
    void noAckAtAllIsUnknown() throws IOException {
        Files.writeString(directory.resolve("1.acks"), "", StandardOpenOption.TRUNCATE_EXISTING);

        assertThat(check().verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void halfALineOfAKilledProcessIsNoPromise() throws IOException {
        Files.writeString(
                directory.resolve("1.acks"),
                fleet.instance(0).id() + " 179500",
                StandardOpenOption.APPEND);

        assertThat(check().verdict()).isEqualTo(Verdict.VALID);
    }

    @Test
    void exitCodesTellTheVerdictsApart() {
        assertThat(Verdict.VALID.exitCode()).isEqualTo(0);
        assertThat(Verdict.INVALID.exitCode()).isEqualTo(1);
        assertThat(Verdict.UNKNOWN.exitCode()).isEqualTo(2);
    }

    private BeatKey sendWithoutAck() throws IOException {
        SimulatedInstance instance = fleet.instance(0);
        BeatKey beat = new BeatKey(instance.id(), instance.timestamp(8000));
        try (LedgerWriter writer = LedgerWriter.begin(directory, "2", fleet)) {
            writer.attempted(List.of(beat));
        }
        return beat;
    }

    private CheckReport check() throws IOException {
        return new Checker(new LedgerReader(directory).read(fleet)).check(store);
    }

    private static StoredBeat row(SimulatedInstance instance, long second) {
        return new StoredBeat(
                new BeatKey(instance.id(), instance.timestamp(second)),
                NarrowColumns.of(instance.beat(second)));
    }

    private int[] values(SimulatedInstance instance, StoredBeat row) {
        var beat = instance.beat(fleet.secondAt(row.key().timestamp()));
        return new int[] {
            beat.getServer().getPid(),
            (int) beat.getServer().getUptime(),
            (int) beat.getProcess().getMemoryMb(),
            (int) beat.getProcess().getPeakMemoryMb(),
            (int) beat.getProcess().getCpuPercent() * 100,
            beat.getRoutes().getHealthy(),
            beat.getRoutes().getUnhealthy(),
            (int) beat.getRoutes().getSlowest().getAvgMs() * 1000,
            0,
            1
        };
    }

    /** Rows in a list. */
    private static final class FakeStore implements Store {
        private final List<StoredBeat> rows = new ArrayList<>();
        private final List<BeatKey> quarantine = new ArrayList<>();
        private boolean readable = true;

        @Override
        public void forEachStored(Collection<String> instanceIds, Consumer<StoredBeat> reader)
                throws UnreadableStoreException {
            if (!readable) {
                throw new UnreadableStoreException("closed", new IOException("closed"));
            }
            rows.forEach(reader);
        }

        @Override
        public void forEachQuarantined(Collection<String> instanceIds, Consumer<BeatKey> reader) {
            quarantine.forEach(reader);
        }
    }
}
