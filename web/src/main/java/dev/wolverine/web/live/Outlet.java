package dev.wolverine.web.live;

/** Where a subscription writes to: a socket, or a test. */
interface Outlet {

    /** Whether what was written waits for a slow reader: then nothing more should be. */
    boolean isFull();

    void send(String message);
}
