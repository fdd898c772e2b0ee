package dev.wolverine.web.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.KeyRecord;
import dev.wolverine.db.model.LoginOrigin;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.postgres.KeyStore;
import dev.wolverine.db.postgres.SessionStore;
import dev.wolverine.db.postgres.UserStore;
import dev.wolverine.proto.v1.StreamHeartbeatsRequest;
import dev.wolverine.proto.v1.StreamHeartbeatsResponse;
import dev.wolverine.proto.v1.TelemetryServiceGrpc;
import dev.wolverine.web.session.FirstOwner;
import dev.wolverine.web.session.Sessions;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A key that is revoked at one process ends at the other one: its requests, streams and sockets; so
 * does a session. Two whole platforms on one database and one Redis, which can be cut off.
 */
@NullUnmarked
class RevocationIT {

    private static final int WITH_BUS = 200;
    private static final int WITHOUT_BUS = 50;

    /** A person has 20 sockets at most. */
    private static final int SESSIONS_WITHOUT_BUS = 20;

    private static TestDatabase testDatabase;
    private static Database database;
    private static Relay redis;
    private static Platform here;
    private static Platform there;
    private static ManagedChannel channel;
    private static String adminKey;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        testDatabase = TestDatabase.create();
        redis = new Relay(TestDatabase.redis());
        here = Platform.start(AnyPorts.config(), testDatabase.config(), redis.uri());
        there = Platform.start(AnyPorts.config(), testDatabase.config(), redis.uri());
        database = new Database(testDatabase.config());
        adminKey = key(Role.ADMIN).text();
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", there.grpcPort())
                        .usePlaintext()
                        .build();
        awaitBus();
    }

    @AfterAll
    static void stop() {
        channel.shutdownNow();
        database.close();
        there.close();
        here.close();
        redis.close();
        testDatabase.close();
    }

    @Test
    void endsWithinASecondEverywhereAndWithinThirtyWithoutRedis() throws Exception {
        awaitBus();
        long[] requests = new long[WITH_BUS];
        long[] streams = new long[WITH_BUS];
        long[] sockets = new long[WITH_BUS];
        for (int i = 0; i < WITH_BUS; i++) {
            Latency latency = revokeOne();
            requests[i] = latency.request;
            streams[i] = latency.stream;
            sockets[i] = latency.socket;
        }
        report("bus up: HTTP 401 at the other process", requests);
        report("bus up: gRPC stream closed there", streams);
        report("bus up: WebSocket closed there", sockets);
        assertThat(p99(requests)).isLessThan(1_000);
        assertThat(p99(streams)).isLessThan(1_000);
        assertThat(p99(sockets)).isLessThan(1_000);

        redis.cut();
        try {
            withoutBus();
        } finally {
            redis.mend();
        }
        awaitBus();
        assertThat(revokeOne().stream).as("heard again after the cut").isLessThan(1_000);
    }

    @Test
    void aSessionEndsWithinASecondEverywhereAndWithinThirtyWithoutRedis() throws Exception {
        awaitBus();
        long[] requests = new long[WITH_BUS];
        long[] sockets = new long[WITH_BUS];
        for (int i = 0; i < WITH_BUS; i++) {
            HeldSession held = logIn();
            Latency latency = measure(held, logOut(held));
            requests[i] = latency.request;
            sockets[i] = latency.socket;
        }
        report("bus up: HTTP 401 of a session at the other process", requests);
        report("bus up: WebSocket of a session closed there", sockets);
        assertThat(p99(requests)).isLessThan(1_000);
        assertThat(p99(sockets)).isLessThan(1_000);

        redis.cut();
        try {
            List<CompletableFuture<Latency>> all = new ArrayList<>();
            for (int i = 0; i < SESSIONS_WITHOUT_BUS; i++) {
                HeldSession held = logIn();
                long began = logOut(held);
                all.add(CompletableFuture.supplyAsync(() -> measure(held, began)));
            }
            long[] without = all.stream().mapToLong(latency -> latency.join().socket).toArray();
            report("Redis away: WebSocket of a session closed there", without);
            assertThat(p99(without)).isLessThan(30_000);
        } finally {
            redis.mend();
        }
    }

    private static HeldSession logIn() throws Exception {
        SecureRandom random = new SecureRandom();
        Sessions.Opened opened =
                new Sessions(new SessionStore(database.writer()), random, Clock.systemUTC())
                        .open(
                                new UserStore(database.writer())
                                        .find(FirstOwner.EMAIL)
                                        .orElseThrow(),
                                new LoginOrigin("127.0.0.1", "test"));
        String cookie = "wlv=" + opened.token();
        Socket socket = socket("Cookie", cookie, "Origin", "http://127.0.0.1:" + there.httpPort());
        assertThat(status("/api/v1/session", "Cookie", cookie)).isEqualTo(200);
        return new HeldSession(opened, socket);
    }

    /** At the one process; returns when it was asked for. */
    private static long logOut(HeldSession held) throws Exception {
        long began = System.nanoTime();
        HttpResponse<String> answer =
                HTTP.send(
                        HttpRequest.newBuilder(uri(here, "/api/v1/session"))
                                .header("Cookie", held.cookie())
                                .header("X-WLV-CSRF", held.opened.session().csrfToken())
                                .header("Sec-Fetch-Site", "same-origin")
                                .DELETE()
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(204);
        return began;
    }

    private static Latency measure(HeldSession held, long began) {
        try {
            while (status("/api/v1/session", "Cookie", held.cookie()) != 401) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            long request = System.nanoTime() - began;
            long socket = held.socket.end.get(40, TimeUnit.SECONDS) - began;
            return new Latency(millis(request), 0, millis(socket));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void withoutBus() throws Exception {
        List<CompletableFuture<Latency>> all = new ArrayList<>();
        List<Held> held = new ArrayList<>();
        for (int i = 0; i < WITHOUT_BUS; i++) {
            held.add(hold());
        }
        // Spread over more than one period of the poll.
        for (Held one : held) {
            long began = revoke(one);
            all.add(CompletableFuture.supplyAsync(() -> measure(one, began)));
            TimeUnit.MILLISECONDS.sleep(200);
        }
        long[] streams = new long[WITHOUT_BUS];
        long[] sockets = new long[WITHOUT_BUS];
        long[] requests = new long[WITHOUT_BUS];
        for (int i = 0; i < WITHOUT_BUS; i++) {
            Latency latency = all.get(i).get(60, TimeUnit.SECONDS);
            streams[i] = latency.stream;
            sockets[i] = latency.socket;
            requests[i] = latency.request;
        }
        report("Redis away: HTTP 401 at the other process", requests);
        report("Redis away: gRPC stream closed there", streams);
        report("Redis away: WebSocket closed there", sockets);
        assertThat(p99(requests)).isLessThan(30_000);
        assertThat(p99(streams)).isLessThan(30_000);
        assertThat(p99(sockets)).isLessThan(30_000);
    }

    /** A key for writing with a stream, and one for reading with a socket, both in use there. */
    private static Held hold() throws Exception {
        ApiKey writing = key(Role.INGEST);
        ApiKey reading = key(Role.VIEWER);
        CompletableFuture<Long> streamEnd = new CompletableFuture<>();
        CompletableFuture<Void> streaming = new CompletableFuture<>();
        StreamObserver<StreamHeartbeatsRequest> stream =
                TelemetryServiceGrpc.newStub(channel)
                        .withCallCredentials(bearer(writing.text()))
                        .streamHeartbeats(
                                new StreamObserver<>() {
                                    @Override
                                    public void onNext(StreamHeartbeatsResponse answer) {
                                        streaming.complete(null);
                                    }

                                    @Override
                                    public void onError(Throwable failure) {
                                        if (Status.fromThrowable(failure).getCode()
                                                == Status.Code.UNAUTHENTICATED) {
                                            streamEnd.complete(System.nanoTime());
                                        } else {
                                            streamEnd.completeExceptionally(failure);
                                        }
                                    }

                                    @Override
                                    public void onCompleted() {
                                        streamEnd.completeExceptionally(
                                                new IllegalStateException("completed"));
                                    }
                                });
        stream.onNext(
                StreamHeartbeatsRequest.newBuilder()
                        .addHeartbeats(
                                dev.wolverine.proto.v1.Heartbeat.newBuilder()
                                        .setInstanceId("wlv_" + writing.id())
                                        .setTimestamp(System.currentTimeMillis()))
                        .build());
        Socket socket = socket("Authorization", "Bearer " + reading.text());
        streaming.get(10, TimeUnit.SECONDS);
        assertThat(status(reading)).isEqualTo(200);
        return new Held(writing, reading, streamEnd, socket);
    }

    /** One that is open at the other process. */
    private static Socket socket(String... headers) throws Exception {
        CompletableFuture<Void> opened = new CompletableFuture<>();
        CompletableFuture<Long> end = new CompletableFuture<>();
        WebSocket.Builder builder = HTTP.newWebSocketBuilder();
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        WebSocket socket =
                builder.buildAsync(
                                URI.create("ws://127.0.0.1:" + there.httpPort() + "/ws/live"),
                                new WebSocket.Listener() {
                                    @Override
                                    public CompletionStage<?> onText(
                                            WebSocket from, CharSequence part, boolean last) {
                                        opened.complete(null);
                                        from.request(1);
                                        return null;
                                    }

                                    @Override
                                    public CompletionStage<?> onClose(
                                            WebSocket from, int code, String reason) {
                                        if (code == 1008) {
                                            end.complete(System.nanoTime());
                                        } else {
                                            end.completeExceptionally(
                                                    new IllegalStateException("close " + code));
                                        }
                                        return null;
                                    }
                                })
                        .get(10, TimeUnit.SECONDS);
        opened.get(10, TimeUnit.SECONDS);
        return new Socket(socket, end);
    }

    private static Latency revokeOne() throws Exception {
        Held held = hold();
        return measure(held, revoke(held));
    }

    /** Revokes both at the one process; returns when the first was asked for. */
    private static long revoke(Held held) throws Exception {
        long began = System.nanoTime();
        delete(held.writing);
        delete(held.reading);
        return began;
    }

    private static Latency measure(Held held, long began) {
        try {
            while (status(held.reading) != 401) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            long request = System.nanoTime() - began;
            Latency latency =
                    new Latency(
                            millis(request),
                            millis(held.streamEnd.get(40, TimeUnit.SECONDS) - began),
                            millis(held.socket.end.get(40, TimeUnit.SECONDS) - began));
            held.socket.open.abort();
            return latency;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void delete(ApiKey key) throws Exception {
        HttpResponse<String> answer =
                HTTP.send(
                        HttpRequest.newBuilder(uri(here, "/api/v1/keys/" + key.id()))
                                .header("Authorization", "Bearer " + adminKey)
                                .DELETE()
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(204);
    }

    private static int status(ApiKey key) throws Exception {
        return status("/api/v1/servers", "Authorization", "Bearer " + key.text());
    }

    /** What the other process answers. */
    private static int status(String path, String header, String value) throws Exception {
        return HTTP.send(
                        HttpRequest.newBuilder(uri(there, path)).header(header, value).build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static URI uri(Platform platform, String path) {
        return URI.create("http://127.0.0.1:" + platform.httpPort() + path);
    }

    private static void awaitBus() {
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        metrics(here).contains("wolverine_keys_bus_listening 1.0")
                                && metrics(there).contains("wolverine_keys_bus_listening 1.0"));
    }

    private static String metrics(Platform platform) throws Exception {
        return HTTP.send(
                        HttpRequest.newBuilder(uri(platform, "/metrics")).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static ApiKey key(Role role) {
        ApiKey key = ApiKey.generate(ApiKey.Kind.ORGANISATION, new SecureRandom());
        new KeyStore(database.writer())
                .insert(
                        KeyRecord.made(
                                key,
                                organisation(),
                                role,
                                role.label(),
                                null,
                                Instant.now(),
                                "test",
                                null));
        return key;
    }

    private static UUID organisation() {
        return new dev.wolverine.db.postgres.OrganisationStore(database.writer())
                .list()
                .getFirst()
                .id();
    }

    private static long millis(long nanos) {
        return Math.max(0, nanos / 1_000_000);
    }

    private static long p99(long[] values) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(sorted.length * 0.99) - 1];
    }

    private static void report(String what, long[] values) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        System.out.printf(
                Locale.ROOT,
                "revocation, %s: n=%d p50=%d ms p99=%d ms max=%d ms%n",
                what,
                sorted.length,
                sorted[sorted.length / 2],
                p99(values),
                sorted[sorted.length - 1]);
    }

    private static CallCredentials bearer(String key) {
        return new CallCredentials() {
            @Override
            public void applyRequestMetadata(
                    RequestInfo info, Executor executor, MetadataApplier applier) {
                Metadata metadata = new Metadata();
                metadata.put(
                        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                        "Bearer " + key);
                applier.apply(metadata);
            }
        };
    }

    private record Held(
            ApiKey writing, ApiKey reading, CompletableFuture<Long> streamEnd, Socket socket) {}

    /**
     * @param end when it was closed for want of a credential, as {@link System#nanoTime} says
     */
    private record Socket(WebSocket open, CompletableFuture<Long> end) {}

    private record HeldSession(Sessions.Opened opened, Socket socket) {
        String cookie() {
            return "wlv=" + opened.token();
        }
    }

    /** Milliseconds after the first of two revocations was asked for. */
    private record Latency(long request, long stream, long socket) {}
}
