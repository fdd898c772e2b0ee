package dev.wolverine.web.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
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

    private final Duration limit;
    private @Nullable ScheduledFuture<?> timer;
    private @Nullable HttpServerRequest request;
    private boolean released;

    private RequestDeadline(Duration limit) {
        this.limit = limit;
    }

    static void watch(HttpConnection connection, Duration limit) {
        Channel channel = channel(connection);
        RequestDeadline deadline = new RequestDeadline(limit);
        channel.attr(KEY).set(deadline);
        channel.pipeline().addFirst(deadline);
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
        if (timer == null && !released) {
            timer =
                    context.executor()
                            .schedule(
                                    () -> expire(context), limit.toMillis(), TimeUnit.MILLISECONDS);
        }
        context.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        requestComplete();
        context.fireChannelInactive();
    }

    private void requestComplete() {
        request = null;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void expire(ChannelHandlerContext context) {
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
