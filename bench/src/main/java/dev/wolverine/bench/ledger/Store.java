package dev.wolverine.bench.ledger;

import java.util.Collection;
import java.util.function.Consumer;

/** What the platform has kept of some instances. */
interface Store {

    /** One row of {@code heartbeats}. */
    record StoredBeat(BeatKey key, NarrowColumns columns) {}

    /** Hands over every stored row of these instances once, in any order. */
    void forEachStored(Collection<String> instanceIds, Consumer<StoredBeat> reader)
            throws UnreadableStoreException;

    /** Hands over the key of every beat of these instances that is in quarantine. */
    void forEachQuarantined(Collection<String> instanceIds, Consumer<BeatKey> reader)
            throws UnreadableStoreException;

    /** The store could not be read: nothing can be said about what is in it. */
    final class UnreadableStoreException extends Exception {
        UnreadableStoreException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
