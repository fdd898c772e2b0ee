package dev.wolverine.db.model;

import java.time.Instant;

/**
 * What is known of a body in quarantine without looking at it.
 *
 * @param id unique over all organisations, rising with time
 * @param instanceId empty where the body names none
 * @param detail what was wrong, in words
 * @param contentType of the body
 * @param bytes of the body as kept, at most {@link QuarantinedBeat#MAX_BODY_BYTES}
 */
public record QuarantineRow(
        long id,
        String instanceId,
        Instant receivedAt,
        QuarantineReason reason,
        String detail,
        String contentType,
        int bytes) {

    /**
     * Whether the body is what the instance sent: all of it, and not what we made of a decoded
     * beat. A body of the very largest size that is kept counts as cut.
     */
    public boolean isAsSent() {
        return bytes < QuarantinedBeat.MAX_BODY_BYTES
                && reason != QuarantineReason.CONFLICT
                && reason != QuarantineReason.UNSTORABLE;
    }
}
