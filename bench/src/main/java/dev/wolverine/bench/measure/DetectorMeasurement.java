package dev.wolverine.bench.measure;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wolverine.alerts.detect.InstanceDetectors;
import dev.wolverine.alerts.detect.InstanceHistories;
import dev.wolverine.alerts.rule.RuleKind;
import dev.wolverine.alerts.rule.RuleParameters;
import dev.wolverine.db.AppendResult;
import dev.wolverine.db.CommittedBatch;
import dev.wolverine.db.QuarantineLimit;
import dev.wolverine.db.UsageLimits;
import dev.wolverine.db.model.CommitRow;
import dev.wolverine.db.model.DetectorState;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotCodec;
import dev.wolverine.db.model.SpendingFindings;
import dev.wolverine.db.model.StoredBeats;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.postgres.HeartbeatStore;
import dev.wolverine.db.postgres.Partitions;
import dev.wolverine.db.postgres.SelectCommits;
import dev.wolverine.db.postgres.UpsertDetectorStates;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What the detectors cost: to take a beat in, to judge, to remember an instance, and to start again
 * with all of them. For one thread.
 */
public final class DetectorMeasurement {

    private static final int BATCH = 1_670;
    private static final int BEATS_BEHIND = 7;
    private static final int HISTORY_HOURS = 26;
    private static final int MINUTES = 60;
    private static final List<RuleKind> JUDGED =
            List.of(
                    RuleKind.MEMORY_LEAK,
                    RuleKind.CRASH_LOOP,
                    RuleKind.HEAL_LOOP,
                    RuleKind.SERVER_DOWN,
                    RuleKind.ROUTE_DOWN,
                    RuleKind.SLOW_ROUTE);

    private final Database database;
    private final UUID organisation;
    private final int instances;
    private final int fed;
    private final Random random = new Random(1);
    private final byte[] snapshot = SnapshotCodec.encode(snapshot());
    private final long snapshotHash = SnapshotCodec.hash(snapshot);
    private final double[] memory;
    private Instant time = Instant.now().minus(Duration.ofMinutes(10));
    private long transaction = 1L << 60;

    /**
     * @param instances that are loaded
     * @param fed of these, those that are fed with a day of beats
     */
    public DetectorMeasurement(Database database, UUID organisation, int instances, int fed) {
        this.database = database;
        this.organisation = organisation;
        this.instances = instances;
        this.fed = Math.min(fed, instances);
        memory = new double[instances + 1];
        Arrays.fill(memory, 150);
    }

    /**
     * @param microsPerBeat to take one in
     * @param microsPerJudgement of one server by one rule
     * @param bytesPerInstance of heap
     * @param rebuildSeconds to load all, and to read seven beats of each that came since
     * @param savedPerSecond states that were written
     */
    public record Result(
            int instances,
            int fed,
            double microsPerBeat,
            double microsPerJudgement,
            double bytesPerInstance,
            double stateBytes,
            double rebuildSeconds,
            double savedPerSecond) {

        public ObjectNode json() {
            return new ObjectMapper()
                    .createObjectNode()
                    .put("instances", instances)
                    .put("fedInstances", fed)
                    .put("microsecondsPerBeat", rounded(microsPerBeat))
                    .put("microsecondsPerJudgement", rounded(microsPerJudgement))
                    .put("bytesPerInstance", Math.round(bytesPerInstance))
                    .put("storedBytesPerInstance", Math.round(stateBytes))
                    .put("rebuildSeconds", rounded(rebuildSeconds))
                    .put("savedPerSecond", Math.round(savedPerSecond));
        }

        private static double rounded(double value) {
            return Math.round(value * 1_000) / 1_000.0;
        }
    }

    public Result run(Aims aims) throws SQLException {
        long saving;
        double stateBytes;
        long loading;
        try (HeartbeatStore store =
                new HeartbeatStore(
                        database.writer(),
                        new Partitions(database.owner()),
                        Clock.systemUTC(),
                        instances + 1,
                        QuarantineLimit.DEFAULT,
                        UsageLimits.DEFAULT,
                        new SimpleMeterRegistry())) {
            InstanceHistories first = new InstanceHistories(database.writer());
            store(store);
            first.load(time);
            long began = System.nanoTime();
            stateBytes = save(first);
            saving = System.nanoTime() - began;
            for (int i = 0; i < BEATS_BEHIND; i++) {
                store(store);
            }
        }
        long before = usedBytes();
        InstanceHistories histories = new InstanceHistories(database.writer());
        long began = System.nanoTime();
        histories.load(time);
        loading = System.nanoTime() - began;
        double bytes = (usedBytes() - before) / (double) instances;

        feed(histories, HISTORY_HOURS * 12, Duration.ofMinutes(5));
        warmUp(histories);
        long taking = 0;
        long judging = 0;
        InstanceDetectors detectors = new InstanceDetectors(histories, SpendingFindings.none());
        for (int minute = 0; minute < MINUTES; minute++) {
            time = time.plusSeconds(60);
            for (int from = 1; from <= fed; from += BATCH) {
                List<StoredBeats> stored = beats(from);
                SelectCommits.Page page = page(histories, stored);
                began = System.nanoTime();
                histories.follow(page, time);
                taking += System.nanoTime() - began;
                began = System.nanoTime();
                judge(detectors, stored);
                judging += System.nanoTime() - began;
            }
        }
        double beats = (double) fed * MINUTES;
        Result result =
                new Result(
                        instances,
                        fed,
                        taking / 1e3 / beats,
                        judging / 1e3 / beats / JUDGED.size(),
                        bytes,
                        stateBytes,
                        loading / 1e9,
                        instances / (saving / 1e9));
        aims.atMost("microseconds a beat", result.microsPerBeat(), 2);
        aims.atMost("bytes an instance", result.bytesPerInstance(), 1_024);
        aims.atMost("seconds to start again", result.rebuildSeconds(), 30);
        return result;
    }

    private void warmUp(InstanceHistories histories) {
        InstanceDetectors detectors = new InstanceDetectors(histories, SpendingFindings.none());
        for (int minute = 0; minute < 10; minute++) {
            time = time.plusSeconds(60);
            for (int from = 1; from <= fed; from += BATCH) {
                List<StoredBeats> stored = beats(from);
                histories.follow(page(histories, stored), time);
                judge(detectors, stored);
            }
        }
    }

    private void judge(InstanceDetectors detectors, List<StoredBeats> stored) {
        for (StoredBeats beats : stored) {
            for (RuleKind kind : JUDGED) {
                detectors.judge(
                        organisation,
                        beats.serverId(),
                        1,
                        kind,
                        RuleParameters.of(kind, Map.of()),
                        time);
            }
        }
    }

    private void feed(InstanceHistories histories, int rounds, Duration step) {
        for (int round = 0; round < rounds; round++) {
            time = time.plus(step);
            for (int from = 1; from <= fed; from += BATCH) {
                histories.follow(page(histories, beats(from)), time);
            }
        }
    }

    private SelectCommits.Page page(InstanceHistories histories, List<StoredBeats> stored) {
        long id = transaction++;
        histories.committed(
                new CommittedBatch(
                        Collections.nCopies(stored.size(), AppendResult.STORED),
                        stored.size(),
                        0,
                        List.of(),
                        stored,
                        id,
                        time));
        return new SelectCommits.Page(
                id + 1,
                List.of(
                        new CommitRow(
                                id,
                                stored.stream().map(StoredBeats::serverId).toList(),
                                time,
                                Map.of(),
                                time)));
    }

    private List<StoredBeats> beats(int from) {
        List<StoredBeats> stored = new ArrayList<>(BATCH);
        for (int server = from; server < from + BATCH && server <= fed; server++) {
            stored.add(new StoredBeats(server, List.of(beat(server)), false));
        }
        return stored;
    }

    /** A beat of each. */
    private void store(HeartbeatStore store) {
        time = time.plusSeconds(60);
        List<Heartbeat> batch = new ArrayList<>(BATCH);
        for (int server = 1; server <= instances; server++) {
            batch.add(beat(server));
            if (batch.size() == BATCH || server == instances) {
                store.write(batch);
                batch.clear();
            }
        }
    }

    private double save(InstanceHistories histories) throws SQLException {
        Instant later = time.plus(Duration.ofHours(1));
        long bytes = 0;
        int count = 0;
        long cursor = new SelectCommits(database.writer()).end();
        while (true) {
            List<DetectorState> states = histories.toSave(cursor, later);
            if (states.isEmpty()) {
                return bytes / (double) Math.max(1, count);
            }
            try (Connection connection = database.writer().getConnection()) {
                UpsertDetectorStates.execute(connection, states);
            }
            histories.saved(states, later);
            bytes += states.stream().mapToLong(state -> state.state().length).sum();
            count += states.size();
        }
    }

    private Heartbeat beat(int server) {
        memory[server] += random.nextGaussian() * 0.5;
        Instant at = time.plusMillis(server % 997);
        return new Heartbeat(
                new Identity(organisation, "wlv_" + server),
                at,
                at.plusMillis(30),
                ReportedStatus.HEALTHY,
                server,
                (int) (at.getEpochSecond() % 1_000_000),
                (int) memory[server] + random.nextInt(20),
                400,
                random.nextInt(3_000),
                4,
                0,
                random.nextInt(300_000),
                0,
                snapshot,
                snapshotHash);
    }

    private static Snapshot snapshot() {
        return new Snapshot(
                "5.2.9",
                "shop",
                8_080L,
                null,
                4L,
                "/orders",
                Snapshot.Repairs.NONE,
                new Snapshot.Totals(1_000L, 10L, 5_000_000L, 0L),
                List.of(),
                7L,
                Collections.emptySortedMap(),
                Snapshot.Backups.NONE,
                List.of(),
                new TreeMap<>());
    }

    private static long usedBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
