package dev.wolverine.web.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.KeyRecord;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.postgres.KeyStore;
import dev.wolverine.proto.v1.Heartbeat;
import dev.wolverine.proto.v1.Process;
import dev.wolverine.proto.v1.SendHeartbeatRequest;
import dev.wolverine.proto.v1.Server;
import dev.wolverine.proto.v1.StreamHeartbeatsRequest;
import dev.wolverine.proto.v1.StreamHeartbeatsResponse;
import dev.wolverine.proto.v1.TelemetryServiceGrpc;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A heartbeat's way through the whole platform, over both protocols. */
@NullUnmarked
class PlatformIT {

    private static TestDatabase testDatabase;
    private static Platform platform;
    private static String writeKey;
    private static String readKey;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        testDatabase = TestDatabase.create();
        platform = Platform.start(AnyPorts.config(), testDatabase.config(), TestDatabase.redis());
        assertThat(platform.firstLogin()).isPresent();
        try (Database database = new Database(testDatabase.config())) {
            writeKey = key(database, Role.INGEST);
            readKey = key(database, Role.VIEWER);
        }
    }

    @AfterAll
    static void stop() {
        platform.close();
        testDatabase.close();
    }

    @Test
    void aHeartbeatOverHttpIsSeenInTheFleet() throws Exception {
        HttpResponse<String> stored = post(writeKey, beat("wlv_http", System.currentTimeMillis()));
        assertThat(stored.statusCode()).isEqualTo(200);
        assertThat(stored.body()).contains("\"received\":true");
        awaitServer("wlv_http", "\"memoryMb\":123");
        assertThat(get("/api/v1/servers/wlv_http/heartbeats?interval=5m").body())
                .contains("\"beats\":1");
        assertThat(get("/api/v1/servers").body()).contains("wlv_http");
        await().untilAsserted(() -> assertThat(get("/ready").statusCode()).isEqualTo(200));
        assertThat(get("/metrics").body()).contains("wolverine_writer_heartbeats_stored_total");
    }

    @Test
    void aHeartbeatOverGrpcIsSeenInTheFleet() {
        ManagedChannel channel = channel();
        try {
            var answer =
                    TelemetryServiceGrpc.newBlockingStub(channel)
                            .withCallCredentials(bearer(writeKey))
                            .sendHeartbeat(
                                    SendHeartbeatRequest.newBuilder()
                                            .setHeartbeat(message("wlv_grpc", 1))
                                            .build());
            assertThat(answer.getAccepted()).isTrue();
            assertThat(answer.getDuplicate()).isFalse();
        } finally {
            channel.shutdownNow();
        }
        awaitServer("wlv_grpc", "\"memoryMb\":321");
    }

    @Test
    void aStreamAcknowledgesEveryBeatAndNamesTheOnesItKeepsAside() {
        ManagedChannel channel = channel();
        try {
            List<StreamHeartbeatsResponse> answers = new CopyOnWriteArrayList<>();
            List<Throwable> failures = new CopyOnWriteArrayList<>();
            List<String> ended = new CopyOnWriteArrayList<>();
            StreamObserver<StreamHeartbeatsRequest> stream =
                    TelemetryServiceGrpc.newStub(channel)
                            .withCallCredentials(bearer(writeKey))
                            .streamHeartbeats(
                                    new StreamObserver<>() {
                                        @Override
                                        public void onNext(StreamHeartbeatsResponse answer) {
                                            answers.add(answer);
                                        }

                                        @Override
                                        public void onError(Throwable failure) {
                                            failures.add(failure);
                                        }

                                        @Override
                                        public void onCompleted() {
                                            ended.add("ended");
                                        }
                                    });
            for (int i = 1; i <= 2_000; i++) {
                Heartbeat beat = message("wlv_stream", i);
                stream.onNext(
                        StreamHeartbeatsRequest.newBuilder()
                                .addHeartbeats(
                                        i == 1_000
                                                ? beat.toBuilder().clearTimestamp().build()
                                                : beat)
                                .build());
            }
            stream.onCompleted();
            await().until(() -> !ended.isEmpty() || !failures.isEmpty());
            assertThat(failures).isEmpty();
            assertThat(answers.getLast().getThrough()).isEqualTo(2_000);
            assertThat(answers).extracting(StreamHeartbeatsResponse::getThrough).isSorted();
            assertThat(answers.stream().flatMap(answer -> answer.getRefusedList().stream()))
                    .singleElement()
                    .satisfies(refusal -> {
                        assertThat(refusal.getSequence()).isEqualTo(1_000);
                        assertThat(refusal.getRetryable()).isFalse();
                    });
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void grpcWithoutAGoodKeyIsUnauthenticated() {
        ManagedChannel channel = channel();
        try {
            for (String key :
                    List.of(
                            "nonsense",
                            ApiKey.generate(ApiKey.Kind.ORGANISATION, new SecureRandom()).text())) {
                Assertions.assertThatThrownBy(() ->
                                TelemetryServiceGrpc.newBlockingStub(channel)
                                        .withCallCredentials(bearer(key))
                                        .sendHeartbeat(SendHeartbeatRequest.getDefaultInstance()))
                        .isInstanceOfSatisfying(
                                StatusRuntimeException.class,
                                failure ->
                                        assertThat(failure.getStatus().getCode())
                                                .isEqualTo(Status.Code.UNAUTHENTICATED));
            }
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void grpcAnswersForItsHealthAndDescribesItselfWithoutAKey() {
        ManagedChannel channel = channel();
        try {
            assertThat(
                            HealthGrpc.newBlockingStub(channel)
                                    .check(
                                            HealthCheckRequest.newBuilder()
                                                    .setService(TelemetryServiceGrpc.SERVICE_NAME)
                                                    .build())
                                    .getStatus())
                    .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
            List<String> services = new CopyOnWriteArrayList<>();
            StreamObserver<ServerReflectionRequest> reflection =
                    ServerReflectionGrpc.newStub(channel)
                            .serverReflectionInfo(
                                    new StreamObserver<>() {
                                        @Override
                                        public void onNext(ServerReflectionResponse answer) {
                                            answer.getListServicesResponse()
                                                    .getServiceList()
                                                    .forEach(service ->
                                                            services.add(service.getName()));
                                        }

                                        @Override
                                        public void onError(Throwable failure) {
                                            services.add(failure.toString());
                                        }

                                        @Override
                                        public void onCompleted() {}
                                    });
            reflection.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
            await().until(() -> !services.isEmpty());
            assertThat(services).contains(TelemetryServiceGrpc.SERVICE_NAME);
            reflection.onCompleted();
        } finally {
            channel.shutdownNow();
        }
    }

    private void awaitServer(String id, String part) {
        await().untilAsserted(() -> assertThat(get("/api/v1/servers/" + id).body()).contains(part));
    }

    private HttpResponse<String> post(String key, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(uri("//api/v1/heartbeat"))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(uri(path))
                        .header("Authorization", "Bearer " + readKey)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + platform.httpPort() + path);
    }

    private static ManagedChannel channel() {
        return NettyChannelBuilder.forAddress("127.0.0.1", platform.grpcPort())
                .usePlaintext()
                .build();
    }

    private static String beat(String instance, long timestamp) {
        return """
        {"instanceId":"%s","version":"5.2.9","timestamp":%d,"server":{"name":"api","uptime":5,
         "status":"healthy","pid":7},"process":{"memoryMB":123,"cpuPercent":1}}
        """
                .formatted(instance, timestamp);
    }

    private static Heartbeat message(String instance, int number) {
        return Heartbeat.newBuilder()
                .setInstanceId(instance)
                .setTimestamp(System.currentTimeMillis() - 1_000_000 + number * 10L)
                .setServer(Server.newBuilder().setName("api").setUptime(number))
                .setProcess(Process.newBuilder().setMemoryMb(321))
                .build();
    }

    private static String key(Database database, Role role) {
        ApiKey key = ApiKey.generate(ApiKey.Kind.ORGANISATION, new SecureRandom());
        UUID organisation = organisation(database);
        new KeyStore(database.writer())
                .insert(
                        new KeyRecord(
                                key.id(),
                                organisation,
                                key.kind(),
                                role,
                                role.label(),
                                null,
                                key.secretHash(),
                                key.lastFour(),
                                Instant.now(),
                                "test",
                                null,
                                null,
                                null,
                                null,
                                null));
        return key.text();
    }

    private static UUID organisation(Database database) {
        try (var connection = database.writer().getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT id FROM organisations")) {
            row.next();
            return row.getObject(1, UUID.class);
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
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
}
