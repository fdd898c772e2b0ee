package dev.wolverine.ingest.decode;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A heartbeat that was read, and not yet judged. For one thread. */
public interface DecodedBeat {

    /** Longest instance id, characters. */
    int MAX_INSTANCE_ID = 128;

    /** As sent; not yet judged. Null if absent. */
    @Nullable String instanceId();

    /** What the instance calls itself, mended; null if absent. */
    @Nullable String name();

    /** The port that it listens at; null if absent. */
    @Nullable Integer port();

    /** The client's clock, milliseconds; null if absent or {@link #isTimestampOdd()}. */
    @Nullable Long timestampMillis();

    /** Whether a timestamp was sent that is no number. */
    boolean isTimestampOdd();

    /** The beat, once its identity is known. A timestamp must be there. */
    Heartbeat build(Identity identity, Instant timestamp, Instant receivedAt, int moreFlags);
}
