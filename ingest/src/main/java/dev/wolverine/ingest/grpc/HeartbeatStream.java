package dev.wolverine.ingest.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.wolverine.db.model.Principal;
import dev.wolverine.ingest.HeartbeatIntake;
import dev.wolverine.ingest.IntakeResult;
import dev.wolverine.ingest.decode.BodySlice;
import dev.wolverine.ingest.decode.ProtoBeat;
import dev.wolverine.proto.v1.Heartbeat;
import dev.wolverine.proto.v1.Refusal;
import dev.wolverine.proto.v1.StreamHeartbeatsResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One stream of heartbeats and its acknowledgements.
 *
 * <p>Flow control is by hand: the next message is asked for only while fewer beats than the window
 * are under way, so that the queue of the writer pushes back on the client's connection. Beats
 * become durable in any order; acknowledged is the longest prefix that has its outcome. Outcomes
 * that come together, as those of one group commit do, leave in one answer.
 *
 * <p>Messages arrive on the transport's thread, outcomes on writers' threads, answers leave on
 * {@code acks}; the monitor of this object guards what they share.
 */
final class HeartbeatStream implements StreamObserver<byte[]>, HeartbeatMessage.Beats {

    static final int MAX_HEARTBEATS = 1_000;

    private final HeartbeatIntake intake;
    private final Principal principal;
    private final @Nullable String instance;
    private final int window;
    private final Clock clock;
    private final Executor acks;
    private final ServerCallStreamObserver<StreamHeartbeatsResponse> answers;
    private final OpenStreams open;

    private final Deque<Slot> underWay = new ArrayDeque<>();
    private long through;
    private long nextSequence = 1;
    private boolean begun;
    private boolean halfClosed;
    private boolean closed;
    private boolean flushing;
    private boolean stalled;

    /** A beat that has no outcome yet, or waits for one before it. */
    private static final class Slot {
        private final long sequence;
        private @Nullable IntakeResult result;

        Slot(long sequence) {
            this.sequence = sequence;
        }
    }

    HeartbeatStream(
            HeartbeatIntake intake,
            Principal principal,
            @Nullable String instance,
            int window,
            Clock clock,
            Executor acks,
            ServerCallStreamObserver<StreamHeartbeatsResponse> answers,
            OpenStreams open) {
        this.intake = intake;
        this.principal = principal;
        this.instance = instance;
        this.window = window;
        this.clock = clock;
        this.acks = acks;
        this.answers = answers;
        this.open = open;
        answers.disableAutoRequest();
        answers.setOnCancelHandler(this::cancel);
        answers.setOnCloseHandler(() -> open.remove(principal, this));
        answers.setOnReadyHandler(this::wake);
        answers.request(1);
    }

    /** Ends the stream for a reason of ours. From any thread. */
    synchronized void end(Status status) {
        if (!closed) {
            closed = true;
            answers.onError(status.asRuntimeException());
        }
    }

    @Override
    public void onNext(byte[] request) {
        Instant receivedAt = clock.instant();
        HeartbeatMessage message;
        try {
            message = HeartbeatMessage.ofStream(request, this);
        } catch (InvalidProtocolBufferException e) {
            end(TelemetryEndpoint.NO_MESSAGE);
            return;
        }
        List<Slot> slots = enter(message);
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.get(i);
            intake.acceptProto(principal, instance, message.beats().get(i), receivedAt)
                    .thenAccept(result -> settle(slot, result));
        }
        requestMore(true);
    }

    @Override
    public ProtoBeat read(BodySlice body) throws InvalidProtocolBufferException {
        return intake.readProto(principal, instance, body);
    }

    @Override
    public ProtoBeat of(Heartbeat message) {
        return intake.readProto(message);
    }

    @Override
    public void onError(Throwable cause) {
        cancel();
    }

    @Override
    public void onCompleted() {
        synchronized (this) {
            halfClosed = true;
        }
        wake();
    }

    /** The slots of a message's beats; none if the message is wrong, which ends the stream. */
    private synchronized List<Slot> enter(HeartbeatMessage message) {
        if (closed) {
            return List.of();
        }
        long first = message.firstSequence();
        if (!begun) {
            begun = true;
            nextSequence = first == 0 ? 1 : first;
            through = nextSequence - 1;
        } else if (first != 0 && first != nextSequence) {
            fail("first_sequence: " + first + " (expected: " + nextSequence + ")");
            return List.of();
        }
        if (message.beats().size() > MAX_HEARTBEATS) {
            fail(
                    "heartbeats: "
                            + message.beats().size()
                            + " (expected: at most "
                            + MAX_HEARTBEATS
                            + ")");
            return List.of();
        }
        List<Slot> slots = new ArrayList<>(message.beats().size());
        for (int i = 0; i < message.beats().size(); i++) {
            slots.add(new Slot(nextSequence++));
        }
        underWay.addAll(slots);
        return slots;
    }

    private void settle(Slot slot, IntakeResult result) {
        synchronized (this) {
            slot.result = result;
        }
        wake();
    }

    /** Sees to it that answers are written soon, once for all that happens until then. */
    private void wake() {
        synchronized (this) {
            if (flushing || closed) {
                return;
            }
            flushing = true;
        }
        acks.execute(this::flush);
    }

    private void flush() {
        StreamHeartbeatsResponse answer;
        boolean done;
        synchronized (this) {
            flushing = false;
            if (closed || !answers.isReady()) {
                return;
            }
            answer = answer();
            done = halfClosed && underWay.isEmpty();
            closed = done;
            if (answer != null) {
                answers.onNext(answer);
            }
            if (done) {
                answers.onCompleted();
            }
        }
        requestMore(false);
    }

    private @Nullable StreamHeartbeatsResponse answer() {
        StreamHeartbeatsResponse.Builder answer = StreamHeartbeatsResponse.newBuilder();
        long before = through;
        for (Slot head = underWay.peek();
                head != null && head.result != null;
                head = underWay.peek()) {
            underWay.remove();
            through = head.sequence;
            Refusal refusal = Refusals.of(head.sequence, head.result);
            if (refusal != null) {
                answer.addRefused(refusal);
            }
        }
        return through == before
                ? null
                : answer.setThrough(through).setServerTime(clock.millis()).build();
    }

    /**
     * Keeps at most one message asked for: after each message, or later when the window has room
     * again.
     */
    private void requestMore(boolean afterMessage) {
        synchronized (this) {
            if (closed || !afterMessage && !stalled) {
                return;
            }
            stalled = underWay.size() >= window;
            if (stalled) {
                return;
            }
        }
        answers.request(1);
    }

    private void fail(String message) {
        closed = true;
        answers.onError(Status.INVALID_ARGUMENT.withDescription(message).asRuntimeException());
    }

    private void cancel() {
        synchronized (this) {
            closed = true;
        }
        open.remove(principal, this);
    }
}
