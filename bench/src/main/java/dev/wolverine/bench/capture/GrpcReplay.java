package dev.wolverine.bench.capture;

import dev.wolverine.proto.v1.Heartbeat;
import dev.wolverine.proto.v1.Refusal;
import dev.wolverine.proto.v1.StreamHeartbeatsRequest;
import dev.wolverine.proto.v1.StreamHeartbeatsResponse;
import dev.wolverine.proto.v1.TelemetryServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends the heartbeats among recorded requests over one gRPC stream, one beat a message, each after
 * the former was answered: in the same order as over HTTP. Registrations are left out.
 */
public final class GrpcReplay {
    private static final long TIMEOUT_SECONDS = 10;

    private final ManagedChannel channel;

    /**
     * @param channel carries the key already; not closed here
     */
    public GrpcReplay(ManagedChannel channel) {
        this.channel = channel;
    }

    public ReplayReport run(List<Path> directories) throws IOException, InterruptedException {
        List<CapturedRequest> requests = new ArrayList<>();
        for (Path directory : directories) {
            requests.addAll(new CaptureReader().readDirectory(directory));
        }
        Map<String, Integer> answers = new TreeMap<>();
        List<String> failures = new ArrayList<>();
        Conversation conversation = new Conversation();
        StreamObserver<StreamHeartbeatsRequest> call =
                TelemetryServiceGrpc.newStub(channel).streamHeartbeats(conversation);
        HeartbeatMapping mapping = new HeartbeatMapping();
        int heartbeats = 0;
        for (CapturedRequest request : requests) {
            if (!request.isHeartbeat()) {
                continue;
            }
            heartbeats++;
            Heartbeat beat = mapping.map(request.body());
            call.onNext(StreamHeartbeatsRequest.newBuilder().addHeartbeats(beat).build());
            @Nullable Refusal refusal = conversation.answerTo(heartbeats);
            answers.merge(refusal == null ? "stored" : refusal.getReason().name(), 1, Integer::sum);
            if (refusal != null) {
                failures.add(request.source() + ": " + refusal.getReason());
            }
        }
        call.onCompleted();
        return new ReplayReport(heartbeats, answers, failures);
    }

    /** The platform's side of the stream. */
    private static final class Conversation implements StreamObserver<StreamHeartbeatsResponse> {
        private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
        private final Map<Long, Refusal> refusals = new TreeMap<>();

        @Override
        public void onNext(StreamHeartbeatsResponse response) {
            received.add(response);
        }

        @Override
        public void onError(Throwable failure) {
            received.add(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            received.add(Status.OK);
        }

        /** Waits until this beat is answered; null if it was stored. */
        @Nullable Refusal answerTo(long sequence) throws IOException, InterruptedException {
            long through = 0;
            while (through < sequence && !refusals.containsKey(sequence)) {
                @Nullable Object next = received.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
                if (!(next instanceof StreamHeartbeatsResponse response)) {
                    throw new IOException(
                            "beat %d: %s".formatted(sequence, next == null ? "no answer" : next));
                }
                through = response.getThrough();
                response.getRefusedList()
                        .forEach(refusal -> refusals.put(refusal.getSequence(), refusal));
            }
            return refusals.remove(sequence);
        }
    }
}
