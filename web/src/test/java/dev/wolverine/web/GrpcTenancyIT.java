package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.wolverine.db.model.Role;
import dev.wolverine.proto.v1.Heartbeat;
import dev.wolverine.proto.v1.RegisterRequest;
import dev.wolverine.proto.v1.SendHeartbeatRequest;
import dev.wolverine.proto.v1.SendHeartbeatResponse;
import dev.wolverine.proto.v1.Server;
import dev.wolverine.proto.v1.StreamHeartbeatsRequest;
import dev.wolverine.proto.v1.StreamHeartbeatsResponse;
import dev.wolverine.proto.v1.Telemetry;
import dev.wolverine.proto.v1.TelemetryServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every method of the gRPC service by every kind of key, with instance ids of their own, of another
 * organisation, of nobody, and of no possible form. An id of another organisation is answered as
 * one of nobody, and nothing gets to the instance that has it.
 */
class GrpcTenancyIT {

    private static final String THEIRS = "canary9c1dtheirs";
    private static final String INTRUDER = "canary4b2eintruder";

    /** What an intruder writes; nothing of theirs may hold it. */
    private static final String WRITTEN = "over grpc " + INTRUDER;

    private static TestPlatform platform;
    private static Tenant theirs;
    private static Tenant intruder;
    private static ManagedChannel channel;
    private static long timestamp;
    private static int calls;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        Contract contract = new Contract();
        theirs = new Tenant(platform, contract, platform.newOrganisation(THEIRS), THEIRS);
        intruder = new Tenant(platform, contract, platform.newOrganisation(INTRUDER), INTRUDER);
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", platform.grpcPort())
                        .usePlaintext()
                        .build();
        for (Tenant tenant : List.of(theirs, intruder)) {
            await().until(() -> server(tenant, tenant.instanceId()).contains(tenant.marker()));
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        platform.close();
    }

    /** Where an instance id comes from. */
    private enum Origin {
        OWN,
        FOREIGN,
        RANDOM,
        MALFORMED
    }

    /** How the instance is named. */
    private enum Place {
        BEAT,
        METADATA
    }

    @Test
    void nobodyReachesAnInstanceOfAnotherOrganisation() {
        String before = server(theirs, theirs.instanceId());
        timestamp = System.currentTimeMillis();
        Map<String, Integer> outcomes = new TreeMap<>();
        Map<String, Optional<String>> keys = keys();
        int compared = 0;
        for (MethodDescriptor method : methods()) {
            for (Map.Entry<String, Optional<String>> key : keys.entrySet()) {
                for (Place place : Place.values()) {
                    Map<Origin, String> answers = new LinkedHashMap<>();
                    for (Origin origin : Origin.values()) {
                        String answer = call(method.getName(), key.getValue(), place, id(origin));
                        answers.put(origin, answer);
                        assertThat(answer).doesNotContain(THEIRS);
                        outcomes.merge(answer.split(":")[0], 1, Integer::sum);
                    }
                    String what = method.getName() + " with " + key.getKey() + ", " + place;
                    assertThat(answers.get(Origin.FOREIGN))
                            .as(what)
                            .isEqualTo(answers.get(Origin.RANDOM));
                    assertThat("accepted".equals(answers.get(Origin.FOREIGN)))
                            .as(what)
                            .isEqualTo(
                                    key.getKey().startsWith("ingest")
                                            && !method.getName().equals("Register"));
                    compared++;
                }
            }
        }
        System.out.printf(
                "tenancy over gRPC: %d methods x %d kinds of key: %d calls, %d pairs of answers"
                        + " compared, no difference; %s%n",
                methods().size(), keys.size(), calls, compared, outcomes);

        // A key of the organisation has made instances of its own of all that it named.
        for (Origin origin : List.of(Origin.OWN, Origin.FOREIGN, Origin.RANDOM)) {
            await().untilAsserted(() -> assertThat(server(intruder, id(origin))).contains(WRITTEN));
        }
        assertThat(server(theirs, theirs.instanceId()))
                .contains(THEIRS)
                .doesNotContain(INTRUDER)
                .isEqualTo(before);
        assertThat(
                        new JsonObject(
                                        theirs.withKey(Role.ADMIN)
                                                .get("/api/v1/servers?limit=1000")
                                                .body())
                                .encode())
                .doesNotContain(INTRUDER)
                .doesNotContain(id(Origin.RANDOM));
    }

    private static List<MethodDescriptor> methods() {
        return Telemetry.getDescriptor().findServiceByName("TelemetryService").getMethods();
    }

    private static String id(Origin origin) {
        return switch (origin) {
            case OWN -> intruder.instanceId();
            case FOREIGN -> theirs.instanceId();
            case RANDOM -> "wlv_canary0001nobody";
            case MALFORMED -> "a b\u0001'--";
        };
    }

    private static Map<String, Optional<String>> keys() {
        UUID organisation = intruder.id();
        Map<String, Optional<String>> keys = new LinkedHashMap<>();
        keys.put("no key", Optional.empty());
        keys.put("garbage", Optional.of("wlvk_nonsense"));
        keys.put("a revoked key", Optional.of(ended("revoked_at")));
        keys.put("an expired key", Optional.of(ended("expires_at")));
        for (Role role : List.of(Role.VIEWER, Role.OPERATOR, Role.ADMIN)) {
            keys.put(role.label(), Optional.of(platform.key(organisation, role)));
        }
        keys.put("ingest", Optional.of(platform.key(organisation, Role.INGEST)));
        keys.put(
                "ingest of one instance",
                Optional.of(platform.instanceKey(organisation, intruder.instanceId())));
        return keys;
    }

    private static String ended(String column) {
        String key = platform.key(intruder.id(), Role.INGEST);
        platform.execute(
                "UPDATE keys SET %s = now() - interval '1 s' WHERE id = '%s'"
                        .formatted(
                                column, key.substring("wlvk_o".length(), "wlvk_o".length() + 10)));
        return key;
    }

    private static String call(
            String method, Optional<String> key, Place place, String instanceId) {
        calls++;
        Metadata metadata = new Metadata();
        key.ifPresent(text -> put(metadata, "authorization", "Bearer " + text));
        if (place == Place.METADATA) {
            put(metadata, "x-instance-id", instanceId.replaceAll("[^ -~]", "?"));
        }
        Heartbeat beat =
                Heartbeat.newBuilder()
                        .setInstanceId(place == Place.BEAT ? instanceId : "")
                        .setTimestamp(timestamp++)
                        .setServer(Server.newBuilder().setName(WRITTEN))
                        .build();
        return switch (method) {
            case "SendHeartbeat" -> send(metadata, beat);
            case "StreamHeartbeats" -> stream(metadata, beat);
            case "Register" -> register(metadata, instanceId);
            default -> throw new AssertionError(method + ": say here how it is called");
        };
    }

    private static String send(Metadata metadata, Heartbeat beat) {
        return outcome(() -> {
            SendHeartbeatResponse answer =
                    TelemetryServiceGrpc.newBlockingStub(channel)
                            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                            .withDeadlineAfter(10, TimeUnit.SECONDS)
                            .sendHeartbeat(
                                    SendHeartbeatRequest.newBuilder().setHeartbeat(beat).build());
            return answer.getAccepted() ? "accepted" : answer.getReason().name();
        });
    }

    private static String register(Metadata metadata, String instanceId) {
        return outcome(() ->
                "a key:"
                        + TelemetryServiceGrpc.newBlockingStub(channel)
                                .withInterceptors(
                                        MetadataUtils.newAttachHeadersInterceptor(metadata))
                                .withDeadlineAfter(10, TimeUnit.SECONDS)
                                .register(
                                        RegisterRequest.newBuilder()
                                                .setInstanceId(instanceId)
                                                .setName(WRITTEN)
                                                .build()));
    }

    private static String stream(Metadata metadata, Heartbeat beat) {
        CompletableFuture<String> outcome = new CompletableFuture<>();
        List<StreamHeartbeatsResponse> answers = new ArrayList<>();
        StreamObserver<StreamHeartbeatsRequest> stream =
                TelemetryServiceGrpc.newStub(channel)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                        .withDeadlineAfter(10, TimeUnit.SECONDS)
                        .streamHeartbeats(
                                new StreamObserver<>() {
                                    @Override
                                    public void onNext(StreamHeartbeatsResponse answer) {
                                        answers.add(answer);
                                    }

                                    @Override
                                    public void onError(Throwable failure) {
                                        outcome.complete(described(Status.fromThrowable(failure)));
                                    }

                                    @Override
                                    public void onCompleted() {
                                        String refused =
                                                answers.stream()
                                                        .flatMap(answer ->
                                                                answer.getRefusedList().stream())
                                                        .map(refusal -> refusal.getReason().name())
                                                        .collect(Collectors.joining(","));
                                        outcome.complete(refused.isEmpty() ? "accepted" : refused);
                                    }
                                });
        stream.onNext(StreamHeartbeatsRequest.newBuilder().addHeartbeats(beat).build());
        stream.onCompleted();
        return outcome.join();
    }

    private static String outcome(java.util.function.Supplier<String> call) {
        try {
            return call.get();
        } catch (StatusRuntimeException e) {
            return described(e.getStatus());
        }
    }

    private static String described(Status status) {
        return status.getCode() + ": " + status.getDescription();
    }

    private static void put(Metadata metadata, String name, @Nullable String value) {
        metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    }

    private static String server(Tenant tenant, String instanceId) {
        return tenant.withKey(Role.VIEWER).get("/api/v1/servers/" + instanceId).body();
    }
}
