package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.Role;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Somebody who knows the id of every instance, and asks from many addresses, gets no key; the
 * instances do not notice.
 */
class TakeoverIT {

    private static final int TRIES = 10_000;
    private static final int ADDRESSES = 100;
    private static final int VICTIMS = 20;

    private final SecureRandom random = new SecureRandom();

    @Test
    void whoKnowsEveryInstanceIdGetsNoKeyWhileTheInstancesGoOn() throws Exception {
        try (TestPlatform platform = TestPlatform.start();
                ExecutorService attackers = Executors.newFixedThreadPool(8)) {
            ApiClient anybody = new ApiClient(platform, new Contract());
            ApiClient admin = anybody.withKey(platform.key(Role.ADMIN));
            JsonObject token =
                    new JsonObject(
                            admin.post("/api/v1/enrolment/tokens", "{\"name\":\"fleet\"}").body());
            List<String> keys = new ArrayList<>();
            for (int i = 0; i < VICTIMS; i++) {
                HttpResponse<String> answer =
                        anybody.post(token.getString("path") + "/api/v1/register", register(i));
                keys.add(new JsonObject(answer.body()).getString("key"));
            }
            JsonObject ended =
                    new JsonObject(
                            admin.post("/api/v1/enrolment/tokens", "{\"name\":\"over\"}").body());
            admin.delete("/api/v1/keys/" + ended.getString("id"));
            admin.post("/api/v1/enrolment/window", "{\"minutes\":60}");
            approveAVictimThatAskedFromElsewhere(anybody, admin);

            AtomicBoolean over = new AtomicBoolean();
            Future<int[]> ingest =
                    Executors.newVirtualThreadPerTaskExecutor()
                            .submit(() -> beatUntil(over, anybody, keys));
            AtomicInteger gained = new AtomicInteger();
            Map<Integer, AtomicInteger> statuses = new java.util.concurrent.ConcurrentHashMap<>();
            List<Future<?>> tries = new ArrayList<>();
            for (int i = 0; i < TRIES; i++) {
                int number = i;
                String path = paths(ended.getString("path")).get(i % 5);
                tries.add(
                        attackers.submit(() -> {
                            String answer = ask(platform, number, path);
                            if (answer.contains("wlvk_")) {
                                gained.incrementAndGet();
                            }
                            statuses.computeIfAbsent(
                                            Integer.parseInt(answer.substring(9, 12)),
                                            status -> new AtomicInteger())
                                    .incrementAndGet();
                            return null;
                        }));
            }
            for (Future<?> one : tries) {
                one.get();
            }
            over.set(true);
            int[] beats = ingest.get();
            System.out.printf(
                    "takeover: %d tries from %d addresses, %d keys gained; answers %s; victims'"
                            + " heartbeats meanwhile: %d stored, %d refused%n",
                    TRIES, ADDRESSES, gained.get(), new TreeMap<>(statuses), beats[0], beats[1]);

            assertThat(gained).hasValue(0);
            assertThat(statuses.keySet()).isSubsetOf(202, 403, 429);
            assertThat(beats[0]).isPositive();
            assertThat(beats[1]).isZero();
            JsonObject waiting = new JsonObject(admin.get("/api/v1/enrolment/pending").body());
            assertThat(waiting.getJsonArray("pending").size()).isLessThanOrEqualTo(1_000);
        }
    }

    /** The approval is for the address that asked: 127.0.0.1, which no attacker has. */
    private static void approveAVictimThatAskedFromElsewhere(ApiClient anybody, ApiClient admin) {
        anybody.post("/api/v1/register", register(0));
        String id =
                new JsonObject(admin.get("/api/v1/enrolment/pending").body())
                        .getJsonArray("pending")
                        .getJsonObject(0)
                        .getString("id");
        assertThat(admin.post("/api/v1/enrolment/pending/" + id + "/approve").statusCode())
                .isEqualTo(204);
    }

    private List<String> paths(String ended) {
        String unknown = "/e/" + ApiKey.generate(ApiKey.Kind.ENROLMENT, random).text();
        String instance = "/e/" + ApiKey.generate(ApiKey.Kind.INSTANCE, random).text();
        return List.of("", ended, unknown, instance, "/e/nonsense");
    }

    /** Stored and refused. */
    private static int[] beatUntil(AtomicBoolean over, ApiClient anybody, List<String> keys) {
        int[] beats = new int[2];
        long timestamp = System.currentTimeMillis();
        for (int i = 0; !over.get(); i++) {
            int victim = i % keys.size();
            int status =
                    anybody.withKey(keys.get(victim))
                            .with("X-Instance-Id", "wlv_victim" + victim)
                            .post(
                                    "/api/v1/heartbeat",
                                    Beats.beat("wlv_victim" + victim, timestamp + i, 1).encode())
                            .statusCode();
            beats[status == 200 ? 0 : 1]++;
        }
        return beats;
    }

    /** A socket of its own, because the address that it comes from is what matters. */
    private static String ask(TestPlatform platform, int number, String prefix) throws IOException {
        byte[] body = register(number % VICTIMS).getBytes(StandardCharsets.UTF_8);
        String head =
                "POST "
                        + prefix
                        + "/api/v1/register HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                        + "Content-Type: application/json\r\nContent-Length: "
                        + body.length
                        + "\r\n\r\n";
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress("127.0.1." + (1 + number % ADDRESSES), 0));
            socket.connect(new InetSocketAddress("127.0.0.1", platform.port()));
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String register(int victim) {
        return new JsonObject()
                .put("instanceId", "wlv_victim" + victim)
                .put("name", "shop")
                .encode();
    }
}
