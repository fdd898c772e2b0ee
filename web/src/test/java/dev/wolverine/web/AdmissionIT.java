package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.Role;
import dev.wolverine.ingest.IngestConfig;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Offline queues and floods over HTTP, sent as the stock client sends them. */
class AdmissionIT {

    private static final int DRAINS = 4;

    private static TestPlatform platform;
    private static ApiClient client;

    private final long now = System.currentTimeMillis();

    @BeforeAll
    static void start() {
        platform = TestPlatform.start(ingest());
        client = new ApiClient(platform, new Contract()).withKey(platform.key(Role.INGEST));
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    @Test
    void aFullOfflineQueueDrainsInOneGo() {
        assertThat(live("wlv_day", 0).statusCode()).isEqualTo(200);
        for (int minute = 1_440; minute > 0; minute--) {
            assertThat(replay("wlv_day", minute).statusCode())
                    .as("%d minutes ago", minute)
                    .isEqualTo(200);
        }
        platform.nanoTime().addAndGet(Duration.ofMinutes(1).toNanos());
    }

    @Test
    void ofThreeThousandAndOneBeatsAtOnceOneIsWelcomeLater() throws Exception {
        List<HttpResponse<String>> answers =
                all(IntStream.range(0, 3_001).boxed().toList(), i -> live("wlv_flood", i));

        assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).hasSize(3_000);
        assertThat(answers)
                .filteredOn(answer -> answer.statusCode() == 429)
                .singleElement()
                .satisfies(answer ->
                        assertThat(answer.headers().firstValue("Retry-After")).contains("1"));
        assertThat(live("wlv_flood", -1).statusCode()).isEqualTo(429);
        assertThat(live("wlv_other", 0).statusCode()).isEqualTo(200);
    }

    @Test
    void aFleetThatComesBackDrainsAFewInstancesAtATime() throws Exception {
        List<Integer> waiting = new ArrayList<>(IntStream.range(0, 20).boxed().toList());
        int minutes = 0;
        while (!waiting.isEmpty()) {
            assertThat(minutes).isLessThan(20 / DRAINS);
            int minute = minutes++;
            assertThat(all(waiting, number -> live("wlv_fleet" + number, -minute)))
                    .allMatch(answer -> answer.statusCode() == 200);
            List<Boolean> drained = all(waiting, number -> drains("wlv_fleet" + number));
            List<Integer> left = new ArrayList<>();
            for (int i = 0; i < drained.size(); i++) {
                if (!drained.get(i)) {
                    left.add(waiting.get(i));
                }
            }
            assertThat(waiting.size() - left.size()).isEqualTo(DRAINS);
            waiting = left;
            platform.nanoTime().addAndGet(Duration.ofMinutes(1).toNanos());
        }
        assertThat(minutes).isEqualTo(20 / DRAINS);
    }

    /** The first answer that is no success ends it. */
    private boolean drains(String instance) {
        for (int minute = 30; minute > 0; minute--) {
            int status = replay(instance, minute).statusCode();
            if (status != 200) {
                assertThat(status).isEqualTo(503);
                return false;
            }
        }
        return true;
    }

    private HttpResponse<String> live(String instance, int millisAgo) {
        return client.with("X-Instance-Id", instance)
                .post("/api/v1/heartbeat", Beats.beat(instance, now - millisAgo, 1).encode());
    }

    private HttpResponse<String> replay(String instance, int minutesAgo) {
        return client.post(
                "/api/v1/heartbeat", Beats.beat(instance, now - minutesAgo * 60_000L, 1).encode());
    }

    private static <T> List<T> all(List<Integer> numbers, java.util.function.IntFunction<T> call)
            throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newFixedThreadPool(20)) {
            List<Future<T>> answers =
                    numbers.stream().map(i -> threads.submit(() -> call.apply(i))).toList();
            List<T> results = new ArrayList<>();
            for (Future<T> answer : answers) {
                results.add(answer.get());
            }
            return results;
        }
    }

    private static IngestConfig ingest() {
        IngestConfig shipped = IngestConfig.defaults();
        return new IngestConfig(
                shipped.writers(),
                shipped.maxCachedServers(),
                shipped.batch(),
                shipped.queue(),
                shipped.stream(),
                shipped.templates(),
                shipped.clock(),
                shipped.rate(),
                new IngestConfig.Drain(DRAINS, Duration.ofSeconds(3)),
                shipped.memoryGate());
    }
}
