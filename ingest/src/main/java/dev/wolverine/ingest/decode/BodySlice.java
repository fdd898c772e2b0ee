package dev.wolverine.ingest.decode;

/**
 * The bytes of one beat within those of a message. Nobody writes into them.
 *
 * @param offset of the first
 */
public record BodySlice(byte[] bytes, int offset, int length) {

    /** All bytes of an array. */
    static BodySlice of(byte[] bytes) {
        return new BodySlice(bytes, 0, bytes.length);
    }
}
