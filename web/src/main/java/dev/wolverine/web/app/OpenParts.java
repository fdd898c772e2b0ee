package dev.wolverine.web.app;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been started so far, to be closed in the opposite order.
 *
 * <p>Thread-safe: a signal may close everything while the next part is being started, which is then
 * closed as soon as it is handed in.
 */
public final class OpenParts implements AutoCloseable {

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private boolean closed;

    public synchronized <T extends AutoCloseable> T add(T part) {
        parts.push(part);
        if (closed) {
            closeAll();
            throw new IllegalStateException("stopped while starting");
        }
        return part;
    }

    @Override
    public synchronized void close() {
        closed = true;
        closeAll();
    }

    private void closeAll() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                log().warn("{} did not stop in good order", part, e);
            }
        }
    }

    /** Not a constant: the log's place is known only after the first part. */
    private static Logger log() {
        return LoggerFactory.getLogger(OpenParts.class);
    }
}
