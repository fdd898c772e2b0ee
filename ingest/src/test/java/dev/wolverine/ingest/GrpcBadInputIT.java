package dev.wolverine.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.KeyRecord;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.KeyStore;
import dev.wolverine.ingest.corpus.BadText;
import dev.wolverine.ingest.corpus.SampleBeat;
import dev.wolverine.ingest.grpc.GrpcConfig;
import dev.wolverine.ingest.grpc.GrpcServer;
import dev.wolverine.proto.v1.SendHeartbeatResponse;
import dev.wolverine.proto.v1.StreamHeartbeatsResponse;
import dev.wolverine.proto.v1.TelemetryServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that no generated client would send, at the real gRPC server. */
@NullUnmarked
class GrpcBadInputIT {

    private static final long NOON = Instant.parse("2026-01-02T12:00:00Z").toEpochMilli();
    private static final List<BadText> TEXTS = BadText.all();

    private static Fixtures fixtures;
    private static GrpcServer server;
    private static ManagedChannel connection;
    private static Channel channel;

    @BeforeAll
    static void start() {
        fixtures = new Fixtures();
        KeyStore keys = new KeyStore(fixtures.database.writer());
        ApiKey key = ApiKey.generate(ApiKey.Kind.ORGANISATION, new SecureRandom());
        keys.insert(
                new KeyRecord(
                        key.id(),
                        fixtures.organisation,
                        key.kind(),
                        Role.INGEST,
                        "test",
                        null,
                        key.secretHash(),
                        key.lastFour(),
                        Instant.now().truncatedTo(ChronoUnit.MICROS),
                        "test",
                        null,
                        null,
                        null,
                        null,
                        null));
        Clock clock = Clock.systemUTC();
        server =
                new GrpcServer(
                        new GrpcConfig("127.0.0.1", 0),
                        Optional.empty(),
                        peer -> true,
                        IngestConfig.defaults().stream(),
                        fixtures.intake,
                        new KeyAuthenticator(keys, clock, Runnable::run),
                        clock);
        server.start();
        connection =
                Grpc.newChannelBuilder(
                                "127.0.0.1:" + server.port(), InsecureChannelCredentials.create())
                        .build();
        Metadata metadata = new Metadata();
        metadata.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                "Bearer " + key.text());
        channel =
                ClientInterceptors.intercept(
                        connection, MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    @AfterAll
    static void stop() throws InterruptedException {
        connection.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        server.close();
        fixtures.close();
    }

    @Test
    void anyTextInAnyFieldGetsAnAnswer() {
        List<String> places = SampleBeat.texts();
        for (int i = 0; i < TEXTS.size(); i++) {
            SampleBeat beat =
                    new SampleBeat(
                            "wlv_any", NOON + i, places.get(i % places.size()), TEXTS.get(i));
            SendHeartbeatResponse answer = send(field(1, beat.protobuf()));
            assertThat(answer.getAccepted() || answer.getReasonValue() > 0).as("%s", beat).isTrue();
        }
    }

    @Test
    void aTextThatIsNoUtf8CostsNeitherTheStreamNorItsNeighbours() throws Exception {
        BadText broken =
                TEXTS.stream().filter(text -> text.name().equals("latin-1")).findFirst().get();
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(field(2, SampleBeat.good("wlv_stream", NOON).protobuf()));
        message.writeBytes(
                field(2, new SampleBeat("wlv_stream", NOON + 1, "server.name", broken).protobuf()));
        message.writeBytes(field(2, SampleBeat.good("wlv_stream", NOON + 2).protobuf()));

        Answers answers = new Answers();
        StreamObserver<byte[]> stream =
                ClientCalls.asyncBidiStreamingCall(
                        channel.newCall(
                                raw(TelemetryServiceGrpc.getStreamHeartbeatsMethod()),
                                CallOptions.DEFAULT),
                        answers);
        stream.onNext(message.toByteArray());
        stream.onCompleted();

        StreamHeartbeatsResponse last = answers.last.get(10, TimeUnit.SECONDS);
        assertThat(last.getThrough()).isEqualTo(3);
        assertThat(last.getRefusedList()).isEmpty();
        assertThat(
                        fixtures.rows(
                                "SELECT h.flags FROM heartbeats h JOIN servers s ON s.id = h.server_id"
                                        + " WHERE s.instance_id = 'wlv_stream' ORDER BY h.ts"))
                .extracting(row -> row.get("flags"))
                .containsExactly(0, 2, 0);
        assertThat(
                        fixtures.rows(
                                "SELECT name FROM current_states t JOIN servers s ON s.id = t.server_id"
                                        + " WHERE s.instance_id = 'wlv_stream'"))
                .extracting(row -> row.get("name"))
                .containsExactly("text of server.name");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u00FF",
                "\n\u00FF\u00FF\u00FF\u00FF\u000F",
                "\n\u0005ab",
                "\u0000",
                "\u000B\u000B\u000B",
                "GET / HTTP/1.1",
                "{\"instanceId\":\"wlv_a\"}"
            })
    void bytesThatAreNoProtobufAreTheClientsFault(String bytes) {
        assertThat(refusal(bytes.getBytes(StandardCharsets.ISO_8859_1)))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void groupsWithinGroupsEndSomewhere() {
        byte[] open = new byte[20_000];
        java.util.Arrays.fill(open, (byte) 0x7B);
        assertThat(refusal(field(1, open))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void anEmptyRequestIsAnAnonymousBeat() {
        assertThat(send(new byte[0]).getReason().name()).isEqualTo("MISSING_INSTANCE_ID");
    }

    private static Status.Code refusal(byte[] request) {
        StatusRuntimeException refusal =
                catchThrowableOfType(StatusRuntimeException.class, () -> send(request));
        assertThat(refusal).isNotNull();
        return refusal.getStatus().getCode();
    }

    private static SendHeartbeatResponse send(byte[] request) {
        return ClientCalls.blockingUnaryCall(
                channel,
                raw(TelemetryServiceGrpc.getSendHeartbeatMethod()),
                CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                request);
    }

    private static <A> MethodDescriptor<byte[], A> raw(
            MethodDescriptor<? extends Message, A> method) {
        return method.toBuilder(
                        new MethodDescriptor.Marshaller<byte[]>() {
                            @Override
                            public InputStream stream(byte[] bytes) {
                                return new ByteArrayInputStream(bytes);
                            }

                            @Override
                            public byte[] parse(InputStream stream) {
                                throw new UnsupportedOperationException();
                            }
                        },
                        method.getResponseMarshaller())
                .build();
    }

    private static byte[] field(int number, byte[] message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeByteArray(number, message);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** The last answer of a stream, once it ended. */
    private static final class Answers implements StreamObserver<StreamHeartbeatsResponse> {
        private final CompletableFuture<StreamHeartbeatsResponse> last = new CompletableFuture<>();
        private volatile StreamHeartbeatsResponse newest =
                StreamHeartbeatsResponse.getDefaultInstance();

        @Override
        public void onNext(StreamHeartbeatsResponse answer) {
            newest = answer;
        }

        @Override
        public void onError(Throwable failure) {
            last.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            last.complete(newest);
        }
    }
}
