package dev.wolverine.web.live;

/** Something that a socket follows. For one socket, on its event loop. */
interface Subscription {

    /** Sends what has changed since the last call, as far as the reader can take it. */
    void flush(Outlet outlet);
}
