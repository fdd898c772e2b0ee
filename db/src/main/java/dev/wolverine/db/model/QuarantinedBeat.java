package dev.wolverine.db.model;

import java.time.Instant;

/**
 * A body that an authenticated instance sent and that can never be stored as a heartbeat.
 *
 * @param identity whose it is; the instance id is empty where the body names none
 * @param detail what was wrong, in words, at most 500 characters
 * @param contentType `application/json` or `application/x-protobuf`
 * @param body the bytes as received, cut to 64 KiB
 */
public record QuarantinedBeat(
        Identity identity,
        Instant receivedAt,
        QuarantineReason reason,
        String detail,
        String contentType,
        byte[] body)
        implements LogEntry {

    /** Longer bodies are cut: a quarantined body is evidence, and a full disk helps nobody. */
    public static final int MAX_BODY_BYTES = 64 * 1024;

    private static final int MAX_DETAIL_CHARACTERS = 500;

    public QuarantinedBeat {
        detail =
                detail.length() <= MAX_DETAIL_CHARACTERS
                        ? detail
                        : detail.substring(0, MAX_DETAIL_CHARACTERS);
        body = body.length <= MAX_BODY_BYTES ? body : java.util.Arrays.copyOf(body, MAX_BODY_BYTES);
    }

    @Override
    public int sizeInMemory() {
        return 200 + 2 * detail.length() + body.length;
    }
}
