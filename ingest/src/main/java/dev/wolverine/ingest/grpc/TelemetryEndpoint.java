package dev.wolverine.ingest.grpc;

import dev.wolverine.db.model.Principal;
import dev.wolverine.ingest.HeartbeatIntake;
import dev.wolverine.ingest.IntakeResult;
import dev.wolverine.proto.v1.RegisterRequest;
import dev.wolverine.proto.v1.RegisterResponse;
import dev.wolverine.proto.v1.SendHeartbeatRequest;
import dev.wolverine.proto.v1.SendHeartbeatResponse;
import dev.wolverine.proto.v1.StreamHeartbeatsRequest;
import dev.wolverine.proto.v1.StreamHeartbeatsResponse;
import dev.wolverine.proto.v1.TelemetryServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.util.concurrent.Executor;

/**
 * The methods of `wolverine.v1.TelemetryService`. Runs on the transport's threads and never blocks
 * them.
 */
final class TelemetryEndpoint extends TelemetryServiceGrpc.TelemetryServiceImplBase {

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

    @Override
    public StreamObserver<StreamHeartbeatsRequest> streamHeartbeats(
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

    @Override
    public void sendHeartbeat(
            SendHeartbeatRequest request, StreamObserver<SendHeartbeatResponse> answer) {
        Principal principal = KeyInterceptor.PRINCIPAL.get();
        intake.acceptProto(
                        principal,
                        KeyInterceptor.INSTANCE.get(),
                        request.getHeartbeat(),
                        clock.instant())
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

    @Override
    public void register(RegisterRequest request, StreamObserver<RegisterResponse> answer) {
        answer.onError(
                Status.PERMISSION_DENIED
                        .withDescription(
                                "nothing can be enrolled here (expected: a key in WOLVERINE_PLATFORM_KEY)")
                        .asRuntimeException());
    }

    private static RuntimeException denied(IntakeResult.Forbidden forbidden) {
        return Status.PERMISSION_DENIED.withDescription(forbidden.message()).asRuntimeException();
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
