package dev.wolverine.db.postgres;

import dev.wolverine.db.model.SnapshotCodec;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * A snapshot as what it says other than a former one of the same server and day: a call more of one
 * model changes a dozen of a thousand numbers. Deflate (RFC 1951) with the former as its dictionary
 * does that: 1.7 KB become about a hundred bytes. For one thread.
 */
public final class SnapshotPacking {

    /** Deflate looks back 32 KiB: a base and what is behind it have to fit in. */
    private static final int MAX_BYTES = 16 * 1024;

    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    private final byte[] buffer = new byte[MAX_BYTES];

    /** The content in terms of the base; empty if that does not save a quarter of it. */
    Optional<byte[]> pack(byte[] content, byte[] base) {
        if (content.length > MAX_BYTES || base.length > MAX_BYTES) {
            return Optional.empty();
        }
        deflater.reset();
        deflater.setDictionary(base);
        deflater.setInput(content);
        deflater.finish();
        int length = deflater.deflate(buffer, 0, content.length * 3 / 4);
        return deflater.finished() ? Optional.of(Arrays.copyOf(buffer, length)) : Optional.empty();
    }

    /**
     * The content again.
     *
     * @param hash of the content, as in {@link SnapshotCodec#hash}
     * @throws IllegalStateException if it does not come out: what is stored was damaged
     */
    public static byte[] unpack(byte[] packed, byte[] base, long hash) {
        byte[] content = new byte[MAX_BYTES];
        try (Inflater inflater = new Inflater(true)) {
            inflater.setDictionary(base);
            inflater.setInput(packed);
            int length = inflater.inflate(content);
            byte[] exact = Arrays.copyOf(content, length);
            if (!inflater.finished() || SnapshotCodec.hash(exact) != hash) {
                throw new IllegalStateException("a stored snapshot is not what its hash says");
            }
            return exact;
        } catch (DataFormatException e) {
            throw new IllegalStateException("a stored snapshot cannot be unpacked", e);
        }
    }
}
