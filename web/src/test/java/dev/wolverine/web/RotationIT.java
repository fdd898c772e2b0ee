package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.db.model.Role;
import dev.wolverine.proto.v1.Heartbeat;
import dev.wolverine.proto.v1.StreamHeartbeatsRequest;
import dev.wolverine.proto.v1.StreamHeartbeatsResponse;
import dev.wolverine.proto.v1.TelemetryServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A fleet that never stops sending changes its keys: none of its heartbeats is refused while both
 * keys are good, and the old ones are refused once their time is over.
 */
class RotationIT {

    private static final int CLIENTS = 100;

    /** The least that can be asked for. */
    private static final Duration OVERLAP = Duration.ofSeconds(60);

    /** Ten a second of each: six hundred times what the stock client sends. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** Heartbeats that each client goes on sending with the old key once it has the new one. */
    private static final int STILL_WITH_THE_OLD = 5;

    private static final AtomicLong LAST_MILLIS = new AtomicLong();

    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicBoolean over = new AtomicBoolean();
    private final Queue<String> refused = new ConcurrentLinkedQueue<>();

    @Test
    void noHeartbeatIsRefusedWhileAFleetChangesItsKeys() throws Exception {
        try (TestPlatform platform = TestPlatform.start();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ManagedChannel channel =
                    NettyChannelBuilder.forAddress("127.0.0.1", platform.grpcPort())
                            .usePlaintext()
                            .build();
            try {
                rotateUnderLoad(platform, channel, threads);
            } finally {
                over.set(true);
                channel.shutdownNow();
            }
        }
    }

    private void rotateUnderLoad(
            TestPlatform platform, ManagedChannel channel, ExecutorService threads)
            throws Exception {
        String admin = platform.key(Role.ADMIN);
        List<Client> clients = new ArrayList<>();
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            String instance = "wlv_rotating" + i;
            String key = platform.instanceKey(platform.organisation(), instance);
            Sender sender =
                    i % 2 == 0 ? new OverHttp(platform, instance) : new OverGrpc(channel, instance);
            Client client = new Client(sender, key);
            clients.add(client);
            running.add(threads.submit(client::sendUntilOver));
        }
        await().until(() -> clients.stream().allMatch(client -> client.withOld.get() > 0));

        long began = System.nanoTime();
        for (Client client : clients) {
            client.newKey = rotate(platform, admin, client.oldKey);
        }
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        clients.stream()
                                .allMatch(client -> client.withNew.get() > STILL_WITH_THE_OLD));
        long millis = (System.nanoTime() - began) / 1_000_000;

        platform.forward(OVERLAP.plusSeconds(1));
        for (Client client : clients) {
            assertThat(client.sender.fresh().send(client.oldKey))
                    .as("the old key of " + client.sender)
                    .isIn("401", "UNAUTHENTICATED");
        }
        int withNew = clients.stream().mapToInt(client -> client.withNew.get()).sum();
        await().until(() ->
                clients.stream().mapToInt(client -> client.withNew.get()).sum()
                        > withNew + CLIENTS);
        over.set(true);
        for (Future<?> one : running) {
            one.get(10, TimeUnit.SECONDS);
        }
        System.out.printf(
                "rotation: %d clients, half over HTTP and half over gRPC streams, %d keys changed in"
                        + " %d ms; heartbeats with old keys %d, with new ones %d, refused %d%n",
                CLIENTS,
                CLIENTS,
                millis,
                clients.stream().mapToInt(client -> client.withOld.get()).sum(),
                clients.stream().mapToInt(client -> client.withNew.get()).sum(),
                refused.size());
        assertThat(refused).isEmpty();
    }

    private String rotate(TestPlatform platform, String admin, String key)
            throws IOException, InterruptedException {
        HttpResponse<String> rotated =
                http.send(
                        HttpRequest.newBuilder(platform.uri("/api/v1/keys/" + id(key) + "/rotate"))
                                .header("Authorization", "Bearer " + admin)
                                .header("Content-Type", "application/json")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                new JsonObject()
                                                        .put("overlapSeconds", OVERLAP.toSeconds())
                                                        .encode()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(rotated.statusCode()).isEqualTo(201);
        return new JsonObject(rotated.body()).getString("key");
    }

    private static String id(String key) {
        return key.substring("wlvk_i".length(), "wlvk_i".length() + 10);
    }

    /** One instance, which sends one heartbeat after the other. */
    private final class Client {

        private final Sender sender;
        private final String oldKey;
        private final AtomicInteger withOld = new AtomicInteger();
        private final AtomicInteger withNew = new AtomicInteger();
        private volatile String newKey = "";

        Client(Sender sender, String key) {
            this.sender = sender;
            this.oldKey = key;
        }

        Void sendUntilOver() throws Exception {
            int left = STILL_WITH_THE_OLD;
            while (!over.get()) {
                boolean old = newKey.isEmpty() || left-- > 0;
                String outcome = sender.send(old ? oldKey : newKey);
                if (outcome.equals("stored")) {
                    (old ? withOld : withNew).incrementAndGet();
                } else if (!over.get()) {
                    refused.add(sender + ": " + outcome);
                }
                Thread.sleep(PAUSE);
            }
            return null;
        }
    }

    /** Sends heartbeats of one instance. */
    private interface Sender {

        /** `stored`, else why not. */
        String send(String key) throws Exception;

        /** Another one, which holds nothing open. */
        Sender fresh();
    }

    private final class OverHttp implements Sender {

        private final TestPlatform platform;
        private final String instance;

        OverHttp(TestPlatform platform, String instance) {
            this.platform = platform;
            this.instance = instance;
        }

        @Override
        public String send(String key) throws IOException, InterruptedException {
            HttpRequest request =
                    HttpRequest.newBuilder(platform.uri("/api/v1/heartbeat"))
                            .header("Authorization", "Bearer " + key)
                            .header("Content-Type", "application/json")
                            .timeout(Duration.ofSeconds(5))
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            Beats.beat(instance, nextMillis(), 1).encode()))
                            .build();
            int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            return status == 200 ? "stored" : Integer.toString(status);
        }

        @Override
        public Sender fresh() {
            return this;
        }

        @Override
        public String toString() {
            return instance + " over HTTP";
        }
    }

    /** Over a stream, which lasts as long as the key that opened it is the one to use. */
    private static final class OverGrpc implements Sender {

        private final ManagedChannel channel;
        private final String instance;
        private final BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();
        private String openWith = "";
        private @Nullable StreamObserver<StreamHeartbeatsRequest> stream;

        OverGrpc(ManagedChannel channel, String instance) {
            this.channel = channel;
            this.instance = instance;
        }

        @Override
        public String send(String key) throws InterruptedException {
            StreamObserver<StreamHeartbeatsRequest> open = stream;
            if (open == null || !openWith.equals(key)) {
                if (open != null) {
                    open.onCompleted();
                    outcomes.poll(10, TimeUnit.SECONDS);
                }
                open = open(key);
                stream = open;
                openWith = key;
            }
            open.onNext(
                    StreamHeartbeatsRequest.newBuilder()
                            .addHeartbeats(
                                    Heartbeat.newBuilder()
                                            .setInstanceId(instance)
                                            .setTimestamp(nextMillis()))
                            .build());
            String outcome = String.valueOf(outcomes.poll(10, TimeUnit.SECONDS));
            if (!outcome.equals("stored")) {
                stream = null;
            }
            return outcome;
        }

        @Override
        public Sender fresh() {
            return new OverGrpc(channel, instance);
        }

        private StreamObserver<StreamHeartbeatsRequest> open(String key) {
            Metadata metadata = new Metadata();
            metadata.put(
                    Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                    "Bearer " + key);
            return TelemetryServiceGrpc.newStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                    .streamHeartbeats(
                            new StreamObserver<>() {
                                @Override
                                public void onNext(StreamHeartbeatsResponse answer) {
                                    outcomes.add(
                                            answer.getRefusedCount() == 0
                                                    ? "stored"
                                                    : answer.getRefused(0).getReason().name());
                                }

                                @Override
                                public void onError(Throwable failure) {
                                    outcomes.add(Status.fromThrowable(failure).getCode().name());
                                }

                                @Override
                                public void onCompleted() {
                                    outcomes.add("completed");
                                }
                            });
        }

        @Override
        public String toString() {
            return instance + " over gRPC";
        }
    }

    /** Another one each time: a client's clock never stands still for long. */
    private static long nextMillis() {
        return LAST_MILLIS.updateAndGet(last -> Math.max(last + 1, System.currentTimeMillis()));
    }
}
