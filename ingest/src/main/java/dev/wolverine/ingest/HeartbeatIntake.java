package dev.wolverine.ingest;

import dev.wolverine.db.model.Principal;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Admits heartbeats: every transport ends here.
 *
 * <p>Never blocks; thread-safe. The stages that it returns complete normally, with storage trouble
 * as a value.
 */
public final class HeartbeatIntake {

    /**
     * Takes one JSON body.
     *
     * @param instanceHeader `X-Instance-Id`, where it was sent
     * @param body the bytes, already unpacked, at most 1 MiB; not written to afterwards
     * @param receivedAt when the last byte arrived
     */
    public CompletionStage<IntakeResult> acceptJson(
            Principal principal, @Nullable String instanceHeader, byte[] body, Instant receivedAt) {
        throw new UnsupportedOperationException(
                "" + principal + instanceHeader + body.length + receivedAt);
    }
}
