package dev.wolverine.bench.measure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * How long questions about cost take, over HTTP, and whether that grows with what is stored.
 *
 * <p>Usage is put in by SQL: of the last day that of each server, which the platform then adds up
 * itself; of the 29 days before what fleets' sums come to, at their densest.
 */
public final class AnalyticsBenchmark {
    private static final int WARM_UP = 200;
    private static final int CALLS = 300;
    private static final long WAIT_MILLIS = Duration.ofMinutes(5).toMillis();

    private static final String SERIES =
            """
            INSERT INTO usage_series (org_id, dimension, key, category)
            SELECT org.id, series.dimension, series.key, series.category
            FROM (SELECT id FROM organisations ORDER BY created_at LIMIT 1) AS org,
                 (SELECT 0 AS dimension, '' AS key, '' AS category
                  UNION ALL SELECT 1, 'model-' || i, '' FROM generate_series(1, 10) AS i
                  UNION ALL SELECT 2, 'category-' || i, '' FROM generate_series(1, 5) AS i
                  UNION ALL SELECT 4, 'provider-' || i, '' FROM generate_series(1, 3) AS i
                  UNION ALL SELECT 5, 'model-' || i, 'category-' || j FROM generate_series(1, 10) AS i, generate_series(1, 5) AS j) AS series
            ON CONFLICT DO NOTHING
            """;

    private static final String SERVERS =
            """
            INSERT INTO servers (org_id, instance_id, first_seen)
            SELECT org.id, 'wlv_bench' || i, now() - interval '31 days'
            FROM (SELECT id FROM organisations ORDER BY created_at LIMIT 1) AS org, generate_series(%d, %d) AS i
            """;

    /** Of each server and hour of the last day: the total, one model, its category and provider. */
    private static final String FACTS =
            """
            INSERT INTO usage_facts (bucket, input_tokens, output_tokens, tokens, calls, cost_micros, cache_creation_tokens, cache_read_tokens,
                cache_savings_micros, successes, failures, server_id, series_id, estimated)
            SELECT date_bin('15 minutes', now(), 'epoch') - h * interval '1 hour' - (servers.id % 4) * interval '15 minutes',
                   1000 + servers.id % 100, 200, 1200 + servers.id % 100, 3, 5000 + servers.id % 1000, 0, 0, 0, 3, 0, servers.id, series.id, 0
            FROM servers CROSS JOIN generate_series(0, 22) AS h
                 JOIN usage_series AS series ON series.org_id = servers.org_id
                     AND (dimension = 0 OR key IN ('model-' || (servers.id % 10 + 1), 'category-' || (servers.id % 5 + 1), 'provider-' || (servers.id % 3 + 1))
                          AND category IN ('', 'category-' || (servers.id % 5 + 1)))
            ON CONFLICT DO NOTHING
            """;

    private static final String FLEET =
            """
            INSERT INTO fleet_usage (org_id, bucket, series_id, dimension, servers, input_tokens, output_tokens, tokens, calls, cost_micros,
                cache_creation_tokens, cache_read_tokens, cache_savings_micros, successes, failures, estimated_cost_micros)
            SELECT org_id, bucket, id, dimension, 100, 1000, 200, 1200, 3, 5000, 0, 0, 0, 3, 0, 0
            FROM usage_series CROSS JOIN generate_series(date_bin('15 minutes', now(), 'epoch') - interval '31 days',
                                                         date_bin('15 minutes', now(), 'epoch') - interval '1 day', interval '15 minutes') AS bucket
            ON CONFLICT DO NOTHING
            """;

    private static final String PARTITION =
            """
            DO $$
            BEGIN
                EXECUTE format('CREATE TABLE heartbeats_bench PARTITION OF heartbeats FOR VALUES FROM (%L) TO (%L)',
                               date_trunc('day', now(), 'UTC') - interval '40 days', date_trunc('day', now(), 'UTC') - interval '2 days');
            END
            $$
            """;

    private static final String HEARTBEATS =
            """
            INSERT INTO heartbeats (ts, received_at, snapshot_hash, server_id, flags, status, pid, uptime_s, memory_mb, cpu_centi_percent, slowest_us)
            SELECT ts, ts, 1, servers.id, 0, 1, 1, 1, 100, 100, 1000
            FROM servers, generate_series(date_trunc('day', now(), 'UTC') - interval '%d days', date_trunc('day', now(), 'UTC') - interval '2 days 1 s', interval '10 minutes') AS ts
            ON CONFLICT DO NOTHING
            """;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path launcher;
    private final List<String> settings;
    private final Aims aims;
    private final Consumer<String> progress;

    /**
     * @param settings of the platform that are not as shipped
     * @param progress told what is done, a line each
     */
    public AnalyticsBenchmark(
            Path launcher, List<String> settings, Aims aims, Consumer<String> progress) {
        this.launcher = launcher;
        this.settings = settings;
        this.aims = aims;
        this.progress = progress;
    }

    /** Runs it; returns the figures, milliseconds and counts. */
    public ObjectNode run() throws IOException, SQLException, InterruptedException {
        ObjectNode figures = JSON.createObjectNode();
        growth(figures.putObject("growth"));
        fleet(figures.putObject("fleet"));
        return figures;
    }

    /** 10,000 servers. */
    private void fleet(ObjectNode figures) throws IOException, SQLException, InterruptedException {
        try (PlatformUnderTest platform = PlatformUnderTest.start(launcher, settings, List.of());
                Connection database = connect(platform)) {
            int servers = 10_000;
            fill(database, servers);
            figures.put("servers", servers);
            figures.put("usageRows", number(database, "SELECT count(*) FROM usage_facts"));
            figures.put("addedUpMillis", addUp(database));
            figures.put("fleetRows", number(database, "SELECT count(*) FROM fleet_usage"));
            Client client = new Client(platform);
            time(client, figures, "cost24h", "/api/v1/analytics/cost?period=24h&groupBy=model", 5);
            time(
                    client,
                    figures,
                    "series24hKolkata",
                    "/api/v1/analytics/series?period=24h&tz=Asia/Kolkata",
                    5);
            time(
                    client,
                    figures,
                    "costByModel30d",
                    "/api/v1/analytics/cost?period=30d&groupBy=model",
                    50);
            time(
                    client,
                    figures,
                    "modelByCategory30d",
                    "/api/v1/analytics/cost?period=30d&groupBy=model&by2=category",
                    Double.MAX_VALUE);
            time(
                    client,
                    figures,
                    "seriesByModel30dKolkata",
                    "/api/v1/analytics/series?period=30d&step=day&groupBy=model&tz=Asia/Kolkata",
                    50);
        }
    }

    /** 1,000 servers with a day of heartbeats, and with thirty. */
    private void growth(ObjectNode figures) throws IOException, SQLException, InterruptedException {
        try (PlatformUnderTest platform = PlatformUnderTest.start(launcher, settings, List.of());
                Connection database = connect(platform)) {
            fill(database, 1_000);
            addUp(database);
            execute(database, PARTITION);
            Client client = new Client(platform);
            String question = "/api/v1/analytics/cost?period=24h&groupBy=model";
            execute(database, HEARTBEATS.formatted(3));
            execute(database, "VACUUM ANALYZE heartbeats");
            figures.put("heartbeatsOfADay", number(database, "SELECT count(*) FROM heartbeats"));
            double day = time(client, figures, "cost24hAfterADay", question, 5);
            execute(database, HEARTBEATS.formatted(32));
            execute(database, "VACUUM ANALYZE heartbeats");
            figures.put("heartbeatsOfThirty", number(database, "SELECT count(*) FROM heartbeats"));
            double thirty = time(client, figures, "cost24hAfterThirty", question, 5);
            figures.put("ratio", Math.round(thirty / day * 100) / 100.0);
            // Below half a millisecond the clock, not the question, is measured.
            aims.atMost("thirty days of heartbeats against one", thirty - day, 0.5 + day / 4);
        }
    }

    private void fill(Connection database, int servers) throws SQLException {
        progress.accept("usage of %,d servers".formatted(servers));
        execute(database, SERIES);
        execute(database, SERVERS.formatted(1, servers));
        execute(database, FACTS);
        execute(database, FLEET);
        execute(database, "VACUUM ANALYZE usage_facts");
        execute(database, "VACUUM ANALYZE fleet_usage");
        execute(database, "ANALYZE servers");
        execute(database, "ANALYZE usage_series");
    }

    /** Milliseconds until the platform's job has added up the last day, with its rests. */
    private static long addUp(Connection database) throws SQLException, InterruptedException {
        long began = System.nanoTime();
        execute(database, "UPDATE fleet_usage_progress SET next_server = 0");
        while (number(
                        database,
                        "SELECT (SELECT count(*) FROM fleet_usage_stale) + (SELECT count(*) FROM fleet_usage_progress WHERE next_server IS NOT NULL)")
                > 0) {
            long millis = (System.nanoTime() - began) / 1_000_000;
            if (millis > WAIT_MILLIS) {
                throw new IllegalStateException("the usage was not added up in 5 minutes");
            }
            Thread.sleep(50);
        }
        return (System.nanoTime() - began) / 1_000_000;
    }

    private double time(
            Client client, ObjectNode figures, String name, String path, double aimMillis)
            throws IOException, InterruptedException {
        client.times(path, WARM_UP);
        double[] times = client.times(path, CALLS);
        Arrays.sort(times);
        double median = times[times.length / 2];
        double p95 = times[times.length * 95 / 100];
        ObjectNode figure = figures.putObject(name);
        figure.put("medianMillis", Math.round(median * 100) / 100.0);
        figure.put("leastMillis", Math.round(times[0] * 100) / 100.0);
        figure.put("p95Millis", Math.round(p95 * 100) / 100.0);
        aims.atMost(name + ", median, ms", median, aimMillis);
        progress.accept(
                "%-26s median %6.2f ms, least %6.2f ms, p95 %6.2f ms"
                        .formatted(name, median, times[0], p95));
        return median;
    }

    private static Connection connect(PlatformUnderTest platform) throws IOException, SQLException {
        Connection database = platform.administration().connect();
        database.setReadOnly(false);
        return database;
    }

    private static void execute(Connection database, String sql) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long number(Connection database, String sql) throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Asks over one connection that is kept alive. */
    private static final class Client {
        private final HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        private final PlatformUnderTest platform;
        private final String key;

        Client(PlatformUnderTest platform) throws IOException, InterruptedException {
            this.platform = platform;
            key = platform.createKey(null, "viewer");
        }

        /** Milliseconds of each call. */
        double[] times(String path, int calls) throws IOException, InterruptedException {
            HttpRequest request =
                    HttpRequest.newBuilder(platform.http().resolve(path))
                            .header("Authorization", "Bearer " + key)
                            .build();
            double[] times = new double[calls];
            for (int i = 0; i < calls; i++) {
                long began = System.nanoTime();
                HttpResponse<String> answer =
                        http.send(request, HttpResponse.BodyHandlers.ofString());
                times[i] = (System.nanoTime() - began) / 1e6;
                JsonNode json = JSON.readTree(answer.body());
                if (answer.statusCode() != 200 || isEmpty(json)) {
                    throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
                }
            }
            return times;
        }

        private static boolean isEmpty(JsonNode json) {
            return json.path("groups").isEmpty() && json.path("points").isEmpty();
        }
    }
}
