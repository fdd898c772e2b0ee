package dev.wolverine.web.live;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Lets a frame that breaks the protocol be answered with a close frame of its code.
 *
 * <p>The decoder itself writes that frame, from its own place: the encoder has to stand before it,
 * else the frame is never encoded, and the client sees nothing but the end of the connection.
 */
final class ProtocolErrors {

    private ProtocolErrors() {}

    /** On the connection's event loop, as soon as it speaks WebSocket. */
    static void answer(HttpConnection connection) {
        ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
        ChannelHandlerContext decoder = pipeline.context(WebSocket13FrameDecoder.class);
        ChannelHandlerContext encoder = pipeline.context(WebSocket13FrameEncoder.class);
        if (decoder == null || encoder == null) {
            return;
        }
        pipeline.remove(encoder.handler());
        pipeline.addBefore(decoder.name(), encoder.name(), new WebSocket13FrameEncoder(false));
    }
}
