package dev.wolverine.web.live;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Answers a frame that breaks the protocol with a close frame, and ends the connection then: left
 * alone, the server ends it without a word. For one connection.
 */
final class ProtocolErrors extends ChannelInboundHandlerAdapter {

    private boolean answered;

    private ProtocolErrors() {}

    /** On the connection's event loop, when it has become a socket. */
    static void answer(HttpConnection connection) {
        ChannelHandlerContext server = ((ConnectionBase) connection).channelHandlerContext();
        server.pipeline().addBefore(server.name(), "protocol-errors", new ProtocolErrors());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        if (failure instanceof CorruptedWebSocketFrameException direct) {
            close(context, direct.closeStatus());
        } else if (cause instanceof CorruptedWebSocketFrameException wrapped) {
            close(context, wrapped.closeStatus());
        } else {
            context.fireExceptionCaught(failure);
        }
    }

    private void close(ChannelHandlerContext context, WebSocketCloseStatus status) {
        if (!answered) {
            answered = true;
            context.channel()
                    .writeAndFlush(new CloseWebSocketFrame(status))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }
}
