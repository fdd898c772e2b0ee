package dev.wolverine.db.model;

/**
 * Bits of {@link Heartbeat#flags()}: what was noticed, and mended, on the way in. The values are
 * stored.
 */
public final class HeartbeatFlags {
    /** The client's clock was more than two minutes ahead of ours. */
    public static final int CLOCK_AHEAD = 1;

    /**
     * A text held NUL, a lone surrogate, or bytes that are not UTF-8, or was too long: replaced by
     * U+FFFD, or cut.
     */
    public static final int TEXT_MENDED = 1 << 1;

    /**
     * A number was of the wrong type or outside of its bounds: kept among the unknown keys, absent
     * as a value.
     */
    public static final int VALUE_REJECTED = 1 << 2;

    /** The instance id in the body was not the one that the key or the header names. */
    public static final int IDENTITY_DIFFERS = 1 << 3;

    private HeartbeatFlags() {}
}
