package dev.wolverine.bench.stream;

import dev.wolverine.proto.v1.Heartbeat;
import dev.wolverine.proto.v1.Refusal;
import dev.wolverine.proto.v1.RefusalReason;
import dev.wolverine.proto.v1.StreamHeartbeatsRequest;
import dev.wolverine.proto.v1.StreamHeartbeatsResponse;
import dev.wolverine.proto.v1.TelemetryServiceGrpc;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A real gRPC server that keeps beats in memory and misbehaves as it is told. */
final class RecordingPlatform extends TelemetryServiceGrpc.TelemetryServiceImplBase
        implements AutoCloseable {

    /** Something that a platform may do to one beat instead of storing it. */
    interface Mischief extends Function<Heartbeat, Optional<Refusal>> {}

    final Map<Heartbeat, Integer> stored = new ConcurrentHashMap<>();
    final List<Heartbeat> arrivals = new ArrayList<>();
    final AtomicInteger mostInFlight = new AtomicInteger();
    final AtomicInteger calls = new AtomicInteger();
    private final Mischief mischief;
    private final int messagesUntilBreak;
    private final Server server;

    /**
     * @param messagesUntilBreak after so many messages a call is broken without an answer to the
     *     last of them; 0: never
     */
    RecordingPlatform(Mischief mischief, int messagesUntilBreak) throws IOException {
        this(mischief, messagesUntilBreak, 0);
    }

    private RecordingPlatform(Mischief mischief, int messagesUntilBreak, int port)
            throws IOException {
        this.mischief = mischief;
        this.messagesUntilBreak = messagesUntilBreak;
        this.server =
                NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                        .addService(this)
                        .build()
                        .start();
    }

    static RecordingPlatform wellBehaved() throws IOException {
        return new RecordingPlatform(beat -> Optional.empty(), 0);
    }

    static RecordingPlatform wellBehavedAt(int port) throws IOException {
        return new RecordingPlatform(beat -> Optional.empty(), 0, port);
    }

    static Optional<Refusal> refuse(RefusalReason reason, boolean retryable) {
        return Optional.of(
                Refusal.newBuilder()
                        .setReason(reason)
                        .setRetryable(retryable)
                        .setRetryAfterMs(20)
                        .build());
    }

    int port() {
        return server.getPort();
    }

    List<Heartbeat> arrivals() {
        synchronized (arrivals) {
            return List.copyOf(arrivals);
        }
    }

    @Override
    public StreamObserver<StreamHeartbeatsRequest> streamHeartbeats(
            StreamObserver<StreamHeartbeatsResponse> answers) {
        calls.incrementAndGet();
        return new StreamObserver<>() {
            private long next = 1;
            private int messages;

            @Override
            public void onNext(StreamHeartbeatsRequest request) {
                messages++;
                if (request.getFirstSequence() != 0) {
                    next = request.getFirstSequence();
                }
                mostInFlight.accumulateAndGet(request.getHeartbeatsCount(), Math::max);
                StreamHeartbeatsResponse.Builder answer = StreamHeartbeatsResponse.newBuilder();
                for (Heartbeat beat : request.getHeartbeatsList()) {
                    take(beat, next++, answer);
                }
                if (messages == messagesUntilBreak) {
                    answers.onError(Status.UNAVAILABLE.withDescription("broken").asException());
                    return;
                }
                answers.onNext(answer.setThrough(next - 1).build());
            }

            @Override
            public void onError(Throwable failure) {
                // The client hung up.
            }

            @Override
            public void onCompleted() {
                answers.onCompleted();
            }
        };
    }

    private void take(Heartbeat beat, long sequence, StreamHeartbeatsResponse.Builder answer) {
        synchronized (arrivals) {
            arrivals.add(beat);
        }
        Optional<Refusal> refusal = mischief.apply(beat);
        if (refusal.isPresent()) {
            answer.addRefused(refusal.get().toBuilder().setSequence(sequence));
        } else {
            stored.merge(beat, 1, Integer::sum);
        }
    }

    @Override
    public void close() throws InterruptedException {
        server.shutdownNow().awaitTermination();
    }
}
