package dev.wolverine.bench.query;

import dev.wolverine.bench.measure.Aims;
import dev.wolverine.bench.measure.PlatformUnderTest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * Fills a platform of its own with a fleet, and times what dashboards ask of it, one question after
 * another over HTTP. Blocking, for one thread.
 */
public final class QueryMeasurement {

    /** As many in the index, whatever has beats. */
    private static final int LARGE_FLEET = 100_000;

    private static final Duration BEATS = Duration.ofHours(24);
    private static final int WARM_UP = 300;
    private static final int ANSWERS = 500;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

    private static final String SIX_FIELDS = "id,name,status,memoryMb,cpuPercent,lastSeen";

    private static final List<String> COLUMNS =
            List.of(
                    "status",
                    "name",
                    "version",
                    "since",
                    "firstSeen",
                    "lastSeen",
                    "uptime",
                    "memory",
                    "peakMemory",
                    "cpu",
                    "routes",
                    "slowest",
                    "repairs",
                    "failedRepairs",
                    "cost",
                    "tokens",
                    "calls",
                    "memories",
                    "backups",
                    "instances");

    private final Path launcher;
    private final int servers;
    private final Consumer<String> progress;

    /**
     * @param servers that have beats
     */
    public QueryMeasurement(Path launcher, int servers, Consumer<String> progress) {
        this.launcher = launcher;
        this.servers = servers;
        this.progress = progress;
    }

    /** The times, each with its aim. */
    public List<Timing> run(Aims aims) throws IOException, SQLException, InterruptedException {
        List<Timing> timings = new ArrayList<>();
        try (PlatformUnderTest platform =
                PlatformUnderTest.start(launcher, List.of("fleet.archive-after="), List.of())) {
            String key = platform.createKey(null, "viewer");
            try (Connection connection = platform.administration().connect()) {
                connection.setReadOnly(false);
                StoredFleet fleet = new StoredFleet(connection);
                Instant until = Instant.now();
                long began = System.nanoTime();
                fleet.addServers(1, servers);
                fleet.addBeats(1, servers, BEATS, until);
                progress.accept(
                        "%,d servers with %d hours of beats stored in %d s"
                                .formatted(
                                        servers,
                                        BEATS.toHours(),
                                        Duration.ofNanos(System.nanoTime() - began).toSeconds()));
                awaitServers(platform.http(), key, servers);
                for (Question question : ofSome(servers, until)) {
                    timings.add(time(platform.http(), key, question, aims));
                }
                if (servers < LARGE_FLEET) {
                    fleet.addServers(servers + 1, LARGE_FLEET);
                    awaitServers(platform.http(), key, LARGE_FLEET);
                }
                for (Question question : ofMany(Math.max(servers, LARGE_FLEET))) {
                    timings.add(time(platform.http(), key, question, aims));
                }
            }
        }
        return List.copyOf(timings);
    }

    private static List<Question> ofSome(int servers, Instant until) {
        return List.of(
                new Question(
                        "latest state of all %,d, 6 fields, JSON".formatted(servers),
                        10,
                        _ -> "/api/v1/servers/export?fields=" + SIX_FIELDS),
                new Question(
                        "top 10 of %,d by memory".formatted(servers),
                        2,
                        _ -> "/api/v1/servers/top?by=memory&n=10"),
                new Question(
                        "one instance, 24 hours at 5 minutes",
                        5,
                        n ->
                                "/api/v1/servers/wlv_bench%07d/heartbeats?interval=5m&from=%d&to=%d"
                                        .formatted(
                                                1 + (n * 7_919L) % servers,
                                                until.minus(BEATS).toEpochMilli(),
                                                until.toEpochMilli())));
    }

    private static List<Question> ofMany(int servers) {
        return List.of(
                new Question(
                        "top 10 of %,d by memory".formatted(servers),
                        10,
                        _ -> "/api/v1/servers/top?by=memory&n=10"),
                new Question(
                        "page of 50 of %,d by any of %d columns".formatted(servers, COLUMNS.size()),
                        10,
                        n ->
                                "/api/v1/servers?limit=50&sort=%s&order=%s&offset=%d"
                                        .formatted(
                                                COLUMNS.get(n % COLUMNS.size()),
                                                n / COLUMNS.size() % 2 == 0 ? "asc" : "desc",
                                                n % 3 * 500)),
                new Question(
                        "heat map of %,d".formatted(servers), 10, _ -> "/api/v1/servers/heatmap"));
    }

    private Timing time(URI server, String key, Question question, Aims aims) throws IOException {
        Histogram nanos = new Histogram(3);
        int bytes = 0;
        try (PlainHttp http = new PlainHttp(server, key)) {
            for (int n = 0; n < WARM_UP; n++) {
                http.get(question.path().apply(n));
            }
            for (int n = 0; n < ANSWERS; n++) {
                String path = question.path().apply(WARM_UP + n);
                long began = System.nanoTime();
                bytes = http.get(path);
                nanos.recordValue(System.nanoTime() - began);
            }
        }
        Timing timing =
                new Timing(
                        question.name(),
                        question.aimMs(),
                        ANSWERS,
                        nanos.getValueAtPercentile(50) / 1e6,
                        nanos.getValueAtPercentile(99) / 1e6,
                        bytes);
        aims.atMost(timing.name() + ", p50 ms", timing.p50Ms(), timing.aimMs());
        progress.accept(timing.line());
        return timing;
    }

    /** Until the index has them: a heat map is a byte a server. */
    private static void awaitServers(URI server, String key, int count)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        try (PlainHttp http = new PlainHttp(server, key)) {
            while (http.get("/api/v1/servers/heatmap") < count) {
                if (System.nanoTime() > deadline) {
                    throw new IOException("the index does not hold " + count + " servers");
                }
                Thread.sleep(200);
            }
        }
    }
}
