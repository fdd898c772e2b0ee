package dev.wolverine.web.http;

import io.netty.channel.ChannelHandler;

/**
 * A short way for requests of one sort: it sees the bytes of a connection before the HTTP server
 * does, and hands on those that it does not take.
 */
@FunctionalInterface
public interface Lane {

    /**
     * The handler of a new connection.
     *
     * @param deadline to be told when a request that it takes has arrived
     */
    ChannelHandler open(RequestDeadline deadline);
}
