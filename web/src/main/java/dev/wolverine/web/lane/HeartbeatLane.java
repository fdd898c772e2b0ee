package dev.wolverine.web.lane;

import dev.wolverine.db.model.Principal;
import dev.wolverine.ingest.IntakeResult;
import dev.wolverine.web.http.Failures;
import dev.wolverine.web.http.RequestDeadline;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Takes the heartbeats of one connection to the intake without the router: nearly all requests are
 * heartbeats, and nearly all of these look alike.
 *
 * <p>It stands in front of the HTTP server and only takes what {@link HeartbeatHead} understands to
 * the last byte, from callers whose key is proven. With the first request that is anything else it
 * hands over every byte that it has not used and leaves the connection to the server for good; so
 * each request is read by one of the two, and every error before the intake is the server's to
 * answer. One request is under way at a time; what follows it waits, unread beyond a bound.
 *
 * <p>All methods run on the connection's event loop.
 */
final class HeartbeatLane extends ChannelDuplexHandler {

    /** What is held while an answer is awaited; beyond it, the connection is not read. */
    private static final int MAX_HELD_BYTES = 64 * 1024;

    private enum Phase {
        READING,
        PROVING,
        STORING,
        LEFT
    }

    private final HeartbeatLanes shared;
    private final RequestDeadline deadline;
    private Phase phase = Phase.READING;
    private boolean advancing;
    private @Nullable ByteBuf held;
    private @Nullable HeartbeatHead head;
    private @Nullable Principal principal;
    private @Nullable ChannelPromise closing;
    private long startedNanos;

    HeartbeatLane(HeartbeatLanes shared, RequestDeadline deadline) {
        this.shared = shared;
        this.deadline = deadline;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf part = (ByteBuf) message;
        ByteBuf before = held;
        held =
                before == null
                        ? part
                        : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(
                                context.alloc(), before, part);
        if (phase == Phase.READING) {
            advance(context);
        } else if (held.readableBytes() > MAX_HELD_BYTES) {
            context.channel().config().setAutoRead(false);
        }
    }

    /** The server has seen none of what was read. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (phase == Phase.LEFT) {
            context.fireChannelReadComplete();
        }
    }

    /** A request that is late with its body is the server's to answer. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == RequestDeadline.LATE && phase == Phase.READING && head != null) {
            leave(context);
        }
        context.fireUserEventTriggered(event);
    }

    /** What is being stored is answered first. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (phase == Phase.STORING && closing == null) {
            closing = promise;
        } else {
            context.close(promise);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        phase = Phase.LEFT;
        release();
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        release();
    }

    /** As far as the bytes that are there reach; never within itself. */
    private void advance(ChannelHandlerContext context) {
        if (advancing) {
            return;
        }
        advancing = true;
        while (phase == Phase.READING && step(context)) {}
        advancing = false;
    }

    /** Whether there may be more to do. */
    private boolean step(ChannelHandlerContext context) {
        ByteBuf bytes = held;
        if (bytes == null || !bytes.isReadable()) {
            release();
            return false;
        }
        HeartbeatHead known = head;
        return known == null ? begin(context, bytes) : finish(context, bytes, known);
    }

    private boolean begin(ChannelHandlerContext context, ByteBuf bytes) {
        switch (HeartbeatHead.read(bytes)) {
            case HeartbeatHead.Reading.Incomplete _ -> {
                return false;
            }
            case HeartbeatHead.Reading.Complete(HeartbeatHead read)
                    when read.contentLength() <= shared.maxBodyBytes() -> {
                head = read;
                startedNanos = System.nanoTime();
                phase = Phase.PROVING;
                var unused =
                        shared.authenticate(read.bearer())
                                .whenComplete((found, failure) ->
                                        onLoop(context, () -> proven(context, found, failure)));
                return true;
            }
            case HeartbeatHead.Reading.Complete _, HeartbeatHead.Reading.Another _ -> {
                leave(context);
                return false;
            }
        }
    }

    private void proven(
            ChannelHandlerContext context,
            @Nullable Optional<Principal> found,
            @Nullable Throwable failure) {
        if (phase != Phase.PROVING) {
            return;
        }
        if (failure != null) {
            // Looking the key up once more, as the server would, takes too long. Nobody reads the
            // body.
            answer(context, failed(failure), true);
            return;
        }
        if (found == null || found.isEmpty()) {
            leave(context);
            return;
        }
        principal = found.get();
        phase = Phase.READING;
        goOn(context);
    }

    private boolean finish(ChannelHandlerContext context, ByteBuf bytes, HeartbeatHead known) {
        Principal caller = principal;
        int missing = known.length() + known.contentLength() - bytes.readableBytes();
        if (missing > 0 || caller == null) {
            return false;
        }
        bytes.skipBytes(known.length());
        byte[] body = new byte[known.contentLength()];
        bytes.readBytes(body);
        deadline.requestArrived();
        phase = Phase.STORING;
        Instant receivedAt = shared.clock().instant().truncatedTo(ChronoUnit.MICROS);
        CompletionStage<IntakeResult> outcome;
        try {
            outcome = shared.accept(caller, known.instanceHeader(), body, receivedAt);
        } catch (RuntimeException e) {
            answer(context, known, null, e);
            return true;
        }
        var unused =
                outcome.whenComplete((result, failure) ->
                        onLoop(context, () -> answer(context, known, result, failure)));
        return true;
    }

    private void answer(
            ChannelHandlerContext context,
            HeartbeatHead known,
            @Nullable IntakeResult result,
            @Nullable Throwable failure) {
        if (phase == Phase.STORING) {
            answer(
                    context,
                    result != null && failure == null
                            ? HeartbeatAnswer.to(result, shared.clock().instant())
                            : failed(failure),
                    known.last() || closing != null);
        }
    }

    /**
     * @param last whether the connection is closed after it
     */
    private void answer(ChannelHandlerContext context, HeartbeatAnswer answer, boolean last) {
        shared.answered(answer.status(), System.nanoTime() - startedNanos);
        var written = context.writeAndFlush(shared.encode(context.alloc(), answer, last));
        head = null;
        principal = null;
        if (last) {
            phase = Phase.LEFT;
            ChannelPromise asked = closing;
            ChannelPromise closed = asked == null ? context.newPromise() : asked;
            written.addListener(done -> context.close(closed));
        } else {
            phase = Phase.READING;
            goOn(context);
        }
    }

    private static HeartbeatAnswer failed(@Nullable Throwable failure) {
        return HeartbeatAnswer.to(
                Failures.problem(HeartbeatLanes.OPERATION, Objects.requireNonNull(failure)));
    }

    private void goOn(ChannelHandlerContext context) {
        if (!context.channel().config().isAutoRead()) {
            context.channel().config().setAutoRead(true);
        }
        advance(context);
    }

    private void leave(ChannelHandlerContext context) {
        phase = Phase.LEFT;
        shared.connectionLeft();
        ByteBuf rest = held;
        held = null;
        context.channel().config().setAutoRead(true);
        context.pipeline().remove(this);
        if (rest != null) {
            context.fireChannelRead(rest);
            context.fireChannelReadComplete();
        }
    }

    private void release() {
        ByteBuf rest = held;
        held = null;
        if (rest != null) {
            rest.release();
        }
    }

    private static void onLoop(ChannelHandlerContext context, Runnable step) {
        if (context.executor().inEventLoop()) {
            step.run();
            return;
        }
        try {
            context.executor().execute(step);
        } catch (RejectedExecutionException e) {
            // The server has stopped, and the connection with it.
        }
    }
}
