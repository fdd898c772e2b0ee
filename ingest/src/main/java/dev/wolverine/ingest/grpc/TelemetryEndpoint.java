package dev.wolverine.ingest.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.wolverine.db.model.Principal;
import dev.wolverine.ingest.HeartbeatIntake;
import dev.wolverine.ingest.IntakeResult;
import dev.wolverine.ingest.decode.BodySlice;
import dev.wolverine.ingest.decode.ProtoBeat;
import dev.wolverine.proto.v1.Heartbeat;
import dev.wolverine.proto.v1.RegisterRequest;
import dev.wolverine.proto.v1.RegisterResponse;
import dev.wolverine.proto.v1.SendHeartbeatResponse;
import dev.wolverine.proto.v1.StreamHeartbeatsResponse;
import dev.wolverine.proto.v1.TelemetryServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The methods of `wolverine.v1.TelemetryService`. Runs on the transport's threads and never blocks
 * them.
 */
final class TelemetryEndpoint {

    static final Status NO_MESSAGE =
            Status.INVALID_ARGUMENT.withDescription("the message is not protobuf");

    private final HeartbeatIntake intake;
    private final int window;
    private final Clock clock;
    private final Executor acks;
    private final OpenStreams open;

    TelemetryEndpoint(
            HeartbeatIntake intake, int window, Clock clock, Executor acks, OpenStreams open) {
        this.intake = intake;
        this.window = window;
        this.clock = clock;
        this.acks = acks;
        this.open = open;
    }

    /** The service, with requests that come as bytes. */
    ServerServiceDefinition service() {
        MethodDescriptor<byte[], StreamHeartbeatsResponse> stream =
                RequestBytes.of(TelemetryServiceGrpc.getStreamHeartbeatsMethod());
        MethodDescriptor<byte[], SendHeartbeatResponse> send =
                RequestBytes.of(TelemetryServiceGrpc.getSendHeartbeatMethod());
        MethodDescriptor<byte[], RegisterResponse> register =
                RequestBytes.of(TelemetryServiceGrpc.getRegisterMethod());
        return ServerServiceDefinition.builder(
                        ServiceDescriptor.newBuilder(TelemetryServiceGrpc.SERVICE_NAME)
                                .setSchemaDescriptor(
                                        TelemetryServiceGrpc.getServiceDescriptor()
                                                .getSchemaDescriptor())
                                .addMethod(stream)
                                .addMethod(send)
                                .addMethod(register)
                                .build())
                .addMethod(stream, ServerCalls.asyncBidiStreamingCall(this::streamHeartbeats))
                .addMethod(send, ServerCalls.asyncUnaryCall(this::sendHeartbeat))
                .addMethod(register, ServerCalls.asyncUnaryCall(this::register))
                .build();
    }

    private StreamObserver<byte[]> streamHeartbeats(
            StreamObserver<StreamHeartbeatsResponse> answers) {
        Principal principal = KeyInterceptor.PRINCIPAL.get();
        if (!principal.role().mayIngest()) {
            answers.onError(denied(IntakeResult.Forbidden.to(principal.role())));
            return new Ignoring<>();
        }
        HeartbeatStream stream =
                new HeartbeatStream(
                        intake,
                        principal,
                        KeyInterceptor.INSTANCE.get(),
                        window,
                        clock,
                        acks,
                        (ServerCallStreamObserver<StreamHeartbeatsResponse>) answers,
                        open);
        open.add(principal, stream);
        return stream;
    }

    private void sendHeartbeat(byte[] request, StreamObserver<SendHeartbeatResponse> answer) {
        Principal principal = KeyInterceptor.PRINCIPAL.get();
        String instance = KeyInterceptor.INSTANCE.get();
        ProtoBeat beat;
        try {
            beat = HeartbeatMessage.ofCall(request, new BeatsOf(principal, instance));
        } catch (InvalidProtocolBufferException e) {
            answer.onError(NO_MESSAGE.asRuntimeException());
            return;
        }
        intake.acceptProto(principal, instance, beat, clock.instant())
                .thenAccept(result -> {
                    SendHeartbeatResponse.Builder response =
                            SendHeartbeatResponse.newBuilder().setServerTime(clock.millis());
                    switch (result) {
                        case IntakeResult.Stored(boolean duplicate) ->
                                response.setAccepted(true).setDuplicate(duplicate);
                        case IntakeResult.Quarantined(var reason) ->
                                response.setReason(Refusals.reason(reason));
                        case IntakeResult.Malformed(String message) -> {
                            answer.onError(
                                    Status.INVALID_ARGUMENT
                                            .withDescription(message)
                                            .asRuntimeException());
                            return;
                        }
                        case IntakeResult.Forbidden forbidden -> {
                            answer.onError(denied(forbidden));
                            return;
                        }
                        case IntakeResult.Refused refused -> {
                            answer.onError(Refusals.status(refused));
                            return;
                        }
                    }
                    answer.onNext(response.build());
                    answer.onCompleted();
                });
    }

    private void register(byte[] request, StreamObserver<RegisterResponse> answer) {
        try {
            HeartbeatMessage.parse(
                    RegisterRequest.getDefaultInstance(), RegisterRequest.parser(), request);
        } catch (InvalidProtocolBufferException e) {
            answer.onError(NO_MESSAGE.asRuntimeException());
            return;
        }
        answer.onError(
                Status.PERMISSION_DENIED
                        .withDescription(
                                "nothing can be enrolled here (expected: a key in WOLVERINE_PLATFORM_KEY)")
                        .asRuntimeException());
    }

    private static RuntimeException denied(IntakeResult.Forbidden forbidden) {
        return Status.PERMISSION_DENIED.withDescription(forbidden.message()).asRuntimeException();
    }

    /** Reads the beats of a single call. */
    private final class BeatsOf implements HeartbeatMessage.Beats {
        private final Principal principal;
        private final @Nullable String instance;

        BeatsOf(Principal principal, @Nullable String instance) {
            this.principal = principal;
            this.instance = instance;
        }

        @Override
        public ProtoBeat read(BodySlice body) throws InvalidProtocolBufferException {
            return intake.readProto(principal, instance, body);
        }

        @Override
        public ProtoBeat of(Heartbeat message) {
            return intake.readProto(message);
        }
    }

    /** Takes the rest of a call that has its answer. */
    private static final class Ignoring<T> implements StreamObserver<T> {
        @Override
        public void onNext(T value) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }
}
