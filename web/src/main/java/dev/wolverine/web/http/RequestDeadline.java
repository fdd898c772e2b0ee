package dev.wolverine.web.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gives each request an absolute time from its first byte to its last: an idle timeout alone lets
 * who sends one byte now and then live for ever.
 *
 * <p>Sits in the connection's pipeline, where the first byte of a header can be seen; all methods
 * run on the connection's event loop. A request that is late with its body is answered 408; late
 * with its header, the connection is closed.
 */
public final class RequestDeadline extends ChannelInboundHandlerAdapter {

    private static final AttributeKey<RequestDeadline> KEY =
            AttributeKey.valueOf(RequestDeadline.class, "deadline");

    /** Fired through the pipeline before a request is cut that is late. */
    public static final Object LATE = new Object();

    private final Duration limit;
    private @Nullable ScheduledFuture<?> timer;
    private @Nullable HttpServerRequest request;
    private boolean awaiting;
    private long awaitedSince;
    private boolean released;

    private RequestDeadline(Duration limit) {
        this.limit = limit;
    }

    /**
     * @param lanes in front of the server, in their order
     */
    static void watch(HttpConnection connection, Duration limit, Duration idle, List<Lane> lanes) {
        Channel channel = channel(connection);
        RequestDeadline deadline = new RequestDeadline(limit);
        channel.attr(KEY).set(deadline);
        ChannelHandler tls = channel.pipeline().get(SslHandler.class);
        for (Lane lane : lanes.reversed()) {
            ChannelHandler opened = lane.open(deadline);
            if (tls == null) {
                channel.pipeline().addFirst(opened);
            } else {
                channel.pipeline().addAfter(channel.pipeline().context(tls).name(), null, opened);
            }
        }
        // Where the server put it, it does not see what the lanes take.
        if (channel.pipeline().get(IdleStateHandler.class) != null) {
            channel.pipeline().remove(IdleStateHandler.class);
            channel.pipeline()
                    .addFirst(new IdleStateHandler(0, 0, idle.toMillis(), TimeUnit.MILLISECONDS));
        }
        channel.pipeline().addFirst(deadline);
    }

    /** All of a request that a lane takes has arrived. */
    public void requestArrived() {
        awaiting = false;
    }

    /** The header has arrived: the body is what is awaited now. */
    static void headerArrived(HttpServerRequest request) {
        find(request.connection())
                .ifPresent(deadline -> {
                    deadline.request = request;
                    var unused = request.end().onComplete(end -> deadline.requestComplete());
                });
    }

    /** The connection speaks HTTP no more: a WebSocket has limits of its own. */
    public static void release(HttpConnection connection) {
        find(connection)
                .ifPresent(deadline -> {
                    deadline.released = true;
                    deadline.requestComplete();
                });
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!awaiting && !released) {
            awaiting = true;
            awaitedSince = System.nanoTime();
            if (timer == null) {
                look(context, limit.toNanos());
            }
        }
        context.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        released = true;
        requestComplete();
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        context.fireChannelInactive();
    }

    private void requestComplete() {
        request = null;
        awaiting = false;
    }

    /** One timer a connection, and not one a request: most requests are over before it is due. */
    private void look(ChannelHandlerContext context, long nanos) {
        timer =
                context.executor()
                        .schedule(
                                () -> {
                                    timer = null;
                                    due(context);
                                },
                                nanos,
                                TimeUnit.NANOSECONDS);
    }

    private void due(ChannelHandlerContext context) {
        if (!awaiting) {
            return;
        }
        long left = awaitedSince + limit.toNanos() - System.nanoTime();
        if (left > 0) {
            look(context, left);
        } else {
            expire(context);
        }
    }

    private void expire(ChannelHandlerContext context) {
        context.fireUserEventTriggered(LATE);
        HttpServerRequest late = request;
        if (late == null || late.response().headWritten()) {
            var unused = context.close();
            return;
        }
        boolean machine = late.path() != null && late.path().contains("/api/v1/heartbeat");
        Failures.write(
                late.response(),
                Problem.of(
                        408,
                        "the request took too long (expected: all of it in "
                                + limit.toSeconds()
                                + " s)"),
                machine);
        var unused = context.close();
    }

    private static Optional<RequestDeadline> find(HttpConnection connection) {
        return Optional.ofNullable(channel(connection).attr(KEY).get());
    }

    /** Vert.x shows neither the first byte of a header nor the channel in its public interface. */
    private static Channel channel(HttpConnection connection) {
        return ((ConnectionBase) connection).channel();
    }
}
