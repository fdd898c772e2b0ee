package dev.wolverine.db;

/**
 * How much quarantine an organisation may fill: what is sent again and again must not fill the
 * disk.
 *
 * @param maxRows bodies
 * @param maxBytes of all bodies; the one that crosses it is the last
 */
public record QuarantineLimit(int maxRows, long maxBytes) {

    /** Enough to find a faulty client by. */
    public static final QuarantineLimit DEFAULT = new QuarantineLimit(10_000, 64L << 20);
}
