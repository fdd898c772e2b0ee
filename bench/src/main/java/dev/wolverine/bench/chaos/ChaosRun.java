package dev.wolverine.bench.chaos;

import dev.wolverine.bench.chaos.StoredTruth.StoredServer;
import dev.wolverine.bench.fleet.SimulatedFleet;
import dev.wolverine.bench.ledger.CheckReport;
import dev.wolverine.bench.ledger.CheckReport.Verdict;
import dev.wolverine.bench.ledger.LedgerWriter;
import dev.wolverine.bench.ledger.Verification;
import dev.wolverine.bench.stream.FleetClient;
import dev.wolverine.bench.stream.FleetSettings;
import dev.wolverine.bench.stream.GrpcTarget;
import dev.wolverine.db.StorageException;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * One run: starts a platform, lets clients send to it while faults happen, quiesces, kills it once
 * more, and compares what it promised with what is there.
 */
public final class ChaosRun {
    private static final Duration HISTORY = Duration.ofHours(24);
    private static final Duration QUIESCENCE = Duration.ofSeconds(90);
    private static final Duration REBUILD_PATIENCE = Duration.ofSeconds(30);
    private static final String FIRST_ORGANISATION = "default";
    private static final String SECOND_ORGANISATION = "chaos";
    private static final int INTRUDERS = 3;
    private static final int CONNECTIONS = 4;
    private static final int INSTANCES_PER_STREAM = 10;

    private final ChaosPlan plan;
    private final TargetSettings settings;
    private final Consumer<String> console;
    private final HttpCounters counters = new HttpCounters();
    private final HttpCounters intruding = new HttpCounters();

    /**
     * @param console takes lines for people
     */
    public ChaosRun(ChaosPlan plan, TargetSettings settings, Consumer<String> console) {
        this.plan = plan;
        this.settings = settings;
        this.console = console;
    }

    /** The faults in their order, a line each. */
    public static List<String> schedule(ChaosPlan plan) {
        return Schedule.of(plan.seed(), plan.load(), plan.kinds()).faults().stream()
                .map(PlannedFault::toString)
                .toList();
    }

    /** Runs it; leaves no process behind. */
    public ChaosReport run() throws IOException, InterruptedException {
        Schedule schedule = Schedule.of(plan.seed(), plan.load(), plan.kinds());
        try (TargetPlatform target = new TargetPlatform(settings, plan.seed())) {
            target.start();
            return run(target, schedule);
        }
    }

    /** Who sends, to which organisation, and where that is noted. */
    private record Side(String organisation, SimulatedFleet fleet, Path ledger) {
        Set<String> ids() {
            return new HashSet<>(fleet.byId().keySet());
        }
    }

    private ChaosReport run(TargetPlatform target, Schedule schedule)
            throws IOException, InterruptedException {
        long origin = System.currentTimeMillis() / 60_000 * 60 - SimulatedFleet.PROLOGUE_SECONDS;
        target.patiently(List.of("orgs", "create", SECOND_ORGANISATION));
        Keys first = keys(target, FIRST_ORGANISATION);
        Keys second = keys(target, SECOND_ORGANISATION);
        String revoked = key(target, SECOND_ORGANISATION, "ingest");
        target.patiently(
                List.of("keys", "revoke", revoked.substring(6, 16), "--org", SECOND_ORGANISATION));
        Path ledgers = settings.directory().resolve("ledgers");
        Side streams =
                new Side(
                        FIRST_ORGANISATION,
                        new SimulatedFleet(plan.seed(), origin, plan.grpcInstances()),
                        ledgers.resolve("grpc"));
        Side requests =
                new Side(
                        SECOND_ORGANISATION,
                        new SimulatedFleet(plan.seed() + 1, origin, plan.httpInstances()),
                        ledgers.resolve("http"));
        Side intruders =
                new Side(
                        SECOND_ORGANISATION,
                        new SimulatedFleet(plan.seed() + 2, origin, INTRUDERS),
                        ledgers.resolve("intruders"));
        Administrator administrator = new Administrator(target.http().port(), first.admin());
        Thread administration = Thread.ofVirtual().start(administrator);
        List<FaultRecord> records;
        try (LedgerWriter streamLedger = begin(streams);
                LedgerWriter requestLedger = begin(requests);
                LedgerWriter intruderLedger = begin(intruders)) {
            List<ManagedChannel> channels =
                    new GrpcTarget("127.0.0.1:" + target.grpc().port(), first.ingest())
                            .open(CONNECTIONS);
            FleetSettings pace =
                    new FleetSettings(
                            HISTORY,
                            Duration.ofSeconds(60),
                            Duration.ofSeconds(1),
                            1.0 * HISTORY.toMillis() / plan.load().toMillis(),
                            Math.max(1, plan.grpcInstances() / INSTANCES_PER_STREAM),
                            CONNECTIONS);
            Clients good =
                    new Clients(requests.fleet(), target, second.ingest(), requestLedger, counters);
            Clients bad =
                    new Clients(intruders.fleet(), target, revoked, intruderLedger, intruding);
            long began = System.nanoTime();
            try (FleetClient fleet =
                    new FleetClient(
                            streams.fleet(),
                            pace,
                            channels,
                            streamLedger,
                            Clock.systemUTC(),
                            plan.seed())) {
                fleet.start();
                good.start();
                bad.start();
                records = new Nemesis(target, counters, console).run(schedule);
                Thread.sleep(
                        Duration.ofNanos(
                                Math.max(0, began + plan.load().toNanos() - System.nanoTime())));
                console.accept("quiescing: " + fleet.counters().line());
                bad.giveUp();
                good.stop(QUIESCENCE);
                administrator.stop();
                administration.join();
            }
            GrpcTarget.close(channels);
        }
        Told told = new Told(first.viewer(), second.viewer());
        List<Finding> findings = new ArrayList<>();
        List<String> doubts = new ArrayList<>();
        console.accept(
                "emptying Redis once more, and asking the platform that went through it all");
        try (Jedis redis = new Jedis(target.truthOfRedis())) {
            redis.flushAll();
        } catch (JedisException unreachable) {
            doubts.add("Redis cannot be emptied: " + unreachable);
        }
        readLive(target, told, findings, doubts);
        console.accept("killing it once more, and reading what is there");
        target.signal("platform", "KILL");
        target.start();
        readLive(target, told, findings, doubts);
        readStored(target, streams, requests, findings, doubts);
        readBeside(target, streams, requests, intruders, administrator.made(), findings, doubts);
        findings.add(notRecovered(records));
        return report(schedule, records, streams, requests, findings, doubts);
    }

    /** Keys of both organisations that may read. */
    private record Told(String first, String second) {}

    /** Keys of an organisation. */
    private record Keys(String ingest, String viewer, String admin) {}

    private static Keys keys(TargetPlatform target, String organisation)
            throws IOException, InterruptedException {
        return new Keys(
                key(target, organisation, "ingest"),
                key(target, organisation, "viewer"),
                key(target, organisation, "admin"));
    }

    private static String key(TargetPlatform target, String organisation, String role)
            throws IOException, InterruptedException {
        return target.patiently(
                        List.of(
                                "keys",
                                "create",
                                "--name",
                                "chaos",
                                "--role",
                                role,
                                "--org",
                                organisation))
                .strip();
    }

    private static LedgerWriter begin(Side side) throws IOException {
        return LedgerWriter.begin(
                side.ledger(), Long.toString(ProcessHandle.current().pid()), side.fleet());
    }

    /** What the platform and its Redis say, beside what is stored. */
    private static void readLive(
            TargetPlatform target, Told told, List<Finding> findings, List<String> doubts)
            throws InterruptedException {
        try {
            StoredTruth truth = new StoredTruth(target.truthSource());
            findings.add(patiently(() -> truth.redis(target.truthOfRedis())));
            findings.add(patiently(() -> told(truth.servers(), target, told)));
        } catch (SQLException | IOException | JedisException | UncheckedIOException unreadable) {
            doubts.add("what the platform says cannot be read: " + unreadable);
        }
    }

    private static void readStored(
            TargetPlatform target,
            Side streams,
            Side requests,
            List<Finding> findings,
            List<String> doubts)
            throws IOException {
        CheckReport overGrpc = new Verification(streams.ledger(), target.truth()).run();
        CheckReport overHttp = new Verification(requests.ledger(), target.truth()).run();
        for (CheckReport report : List.of(overGrpc, overHttp)) {
            if (report.verdict() == Verdict.UNKNOWN) {
                doubts.add(report.reason());
            }
        }
        findings.add(sum("lost", CheckReport::lost, overGrpc, overHttp));
        findings.add(sum("invented", CheckReport::invented, overGrpc, overHttp));
        findings.add(sum("duplicate", CheckReport::duplicates, overGrpc, overHttp));
        findings.add(sum("corrupt", CheckReport::differing, overGrpc, overHttp));
    }

    private void readBeside(
            TargetPlatform target,
            Side streams,
            Side requests,
            Side intruders,
            List<String> keysMade,
            List<Finding> findings,
            List<String> doubts) {
        try {
            StoredTruth truth = new StoredTruth(target.truthSource());
            Map<String, Set<String>> members =
                    Map.of(
                            streams.organisation(), streams.ids(),
                            requests.organisation(), requests.ids());
            findings.add(truth.organisations(members));
            findings.add(truth.resurrected(intruders.ids(), intruding.acknowledged.sum()));
            findings.add(truth.usage());
            findings.add(truth.audit(keysMade));
        } catch (SQLException | StorageException unreadable) {
            doubts.add("what is stored cannot be read: " + unreadable);
        }
    }

    private static Finding notRecovered(List<FaultRecord> records) {
        return Finding.of(
                "recovery",
                records.stream()
                        .filter(record -> record.recovery() == null)
                        .map(record -> record.fault().toString())
                        .toList());
    }

    private ChaosReport report(
            Schedule schedule,
            List<FaultRecord> records,
            Side streams,
            Side requests,
            List<Finding> findings,
            List<String> doubts)
            throws IOException {
        long attempted = 0;
        long acknowledged = 0;
        for (Side side : List.of(streams, requests)) {
            Verification.Promises promises = Verification.promises(side.ledger());
            attempted += promises.attempted();
            acknowledged += promises.acknowledged();
        }
        return ChaosReport.of(
                plan,
                attempted,
                acknowledged,
                "%,d requests: %,d acked, %,d refused, %,d without an answer; %,d erased by clients"
                        .formatted(
                                counters.attempts.sum(),
                                counters.acknowledged.sum(),
                                counters.refused.sum(),
                                counters.unknown.sum(),
                                counters.erased.sum()),
                schedule.faults().size(),
                records,
                findings,
                doubts);
    }

    private static Finding sum(
            String check, ToLongFunction<CheckReport> number, CheckReport... reports) {
        List<String> examples = new ArrayList<>();
        long broken = 0;
        for (CheckReport report : reports) {
            long found = number.applyAsLong(report);
            broken += found;
            if (found > 0) {
                examples.addAll(report.examples());
            }
        }
        return new Finding(check, broken, examples);
    }

    /** What follows the commits gets a while. */
    private static Finding patiently(Check check)
            throws SQLException, IOException, InterruptedException {
        long givenUpAt = System.nanoTime() + REBUILD_PATIENCE.toNanos();
        Finding finding = check.find();
        while (finding.broken() > 0 && System.nanoTime() < givenUpAt) {
            Thread.sleep(500);
            finding = check.find();
        }
        return finding;
    }

    /** Looks once. */
    private interface Check {
        Finding find() throws SQLException, IOException, InterruptedException;
    }

    private static Finding told(List<StoredServer> stored, TargetPlatform target, Told keys)
            throws IOException, InterruptedException {
        ToldTruth truth = new ToldTruth(target.http().port());
        List<String> differing =
                new ArrayList<>(truth.differences(FIRST_ORGANISATION, keys.first(), stored));
        differing.addAll(truth.differences(SECOND_ORGANISATION, keys.second(), stored));
        return Finding.of("told", differing);
    }

    /** The stock clients of one fleet, each with a thread. */
    private static final class Clients {
        private final List<StockClient> clients = new ArrayList<>();
        private final List<Thread> threads = new ArrayList<>();

        Clients(
                SimulatedFleet fleet,
                TargetPlatform target,
                String key,
                LedgerWriter ledger,
                HttpCounters counters) {
            StockRequest request = new StockRequest(target.http().port(), key);
            for (int index = 0; index < fleet.instances(); index++) {
                clients.add(new StockClient(fleet, index, request, ledger, counters));
            }
        }

        void start() {
            clients.forEach(client -> threads.add(Thread.ofVirtual().start(client)));
        }

        void giveUp() throws InterruptedException {
            clients.forEach(StockClient::giveUp);
            for (Thread thread : threads) {
                thread.join();
            }
        }

        void stop(Duration patience) throws InterruptedException {
            clients.forEach(StockClient::stop);
            long givenUpAt = System.nanoTime() + patience.toNanos();
            for (Thread thread : threads) {
                thread.join(Duration.ofNanos(Math.max(1, givenUpAt - System.nanoTime())));
            }
            giveUp();
        }
    }
}
