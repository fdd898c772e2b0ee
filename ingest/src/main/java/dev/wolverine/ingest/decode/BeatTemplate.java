package dev.wolverine.ingest.decode;

import com.dynatrace.hash4j.hashing.HashStream64;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.ReportedStatus;
import org.jspecify.annotations.Nullable;

/**
 * A body with blanks for its narrow numbers, and what its beat says apart from them.
 *
 * <p>A body that has the same bytes between its numbers decodes to the same snapshot, status and
 * instance id, so that only the numbers need to be read. What stands between them is kept as a hash
 * of 64 bits, with a seed that nobody knows, over the pieces one behind the other; their lengths
 * are fixed, so that no two bodies can be cut into the same bytes differently. Two bodies of an
 * instance that share it would be taken for one: by chance for one in 10^19 that differ. Only a
 * beat in which nothing was mended or rejected becomes a template, and a body with a number that
 * would be is no repetition. Immutable.
 */
final class BeatTemplate {

    private static final int OVERHEAD_BYTES = 400;

    private final long hash;

    /** Bytes before each blank, and behind the last. */
    private final int[] pieces;

    private final BlankForm[] forms;
    private final NarrowField[] fields;

    /** Bytes of each blank as it was learned. */
    private final int[] learned;

    private final @Nullable String instanceId;
    private final ReportedStatus status;
    private final byte[] snapshot;
    private final long snapshotHash;

    private BeatTemplate(
            long hash,
            int[] pieces,
            BlankForm[] forms,
            NarrowField[] fields,
            int[] learned,
            @Nullable String instanceId,
            Heartbeat heartbeat) {
        this.hash = hash;
        this.pieces = pieces;
        this.forms = forms;
        this.fields = fields;
        this.learned = learned;
        this.instanceId = instanceId;
        status = heartbeat.status();
        snapshot = heartbeat.snapshot();
        snapshotHash = heartbeat.snapshotHash();
    }

    /**
     * The template of a body; null if there is none, because the numbers that are read with it are
     * not those of the beat.
     *
     * @param blanks from the beginning of the body
     * @param heartbeat what the body was decoded to, with nothing mended or rejected
     * @param hashing for this thread, always with the same seed
     */
    static @Nullable BeatTemplate of(
            BodySlice body,
            Blanks blanks,
            @Nullable String instanceId,
            Heartbeat heartbeat,
            HashStream64 hashing) {
        if (blanks.isTooMany()) {
            return null;
        }
        int count = blanks.count();
        int[] pieces = new int[count + 1];
        int[] learned = new int[count];
        BlankForm[] forms = new BlankForm[count];
        NarrowField[] fields = new NarrowField[count];
        int behind = 0;
        hashing.reset();
        for (int i = 0; i < count; i++) {
            forms[i] = blanks.form(i);
            fields[i] = blanks.field(i);
            pieces[i] = blanks.start(i) - behind;
            learned[i] = blanks.end(i) - blanks.start(i);
            hashing.putBytes(body.bytes(), body.offset() + behind, pieces[i]);
            behind = blanks.end(i);
        }
        pieces[count] = body.length() - behind;
        hashing.putBytes(body.bytes(), body.offset() + behind, pieces[count]);
        BeatTemplate template =
                new BeatTemplate(
                        hashing.getAsLong(), pieces, forms, fields, learned, instanceId, heartbeat);
        RepeatedBeat same = template.read(body);
        return same != null && same.says(heartbeat) ? template : null;
    }

    /**
     * The beat of a body that differs from the learned one in its numbers alone; null for any
     * other.
     */
    @Nullable RepeatedBeat match(BodySlice body, HashStream64 hashing) {
        RepeatedBeat beat = read(body);
        return beat != null && hash == hash(body, beat, hashing) ? beat : null;
    }

    /** As if all that stands between the numbers were right. */
    private @Nullable RepeatedBeat read(BodySlice slice) {
        byte[] body = slice.bytes();
        int limit = slice.offset() + slice.length();
        int[] ends = new int[forms.length];
        int[] values = NarrowField.none();
        long timestamp = 0;
        int at = slice.offset();
        for (int i = 0; i < forms.length; i++) {
            at += pieces[i];
            if (at >= limit) {
                return null;
            }
            int end = forms[i].end(body, at, limit, learned[i]);
            if (end == BlankForm.NONE) {
                return null;
            }
            double value = forms[i].value(body, at, end);
            if (fields[i] == NarrowField.TIMESTAMP) {
                timestamp = (long) Math.floor(value);
            } else {
                int stored = fields[i].stored(value);
                if (stored == Heartbeat.ABSENT) {
                    return null;
                }
                values[fields[i].ordinal()] = stored;
            }
            ends[i] = end;
            at = end;
        }
        return at + pieces[forms.length] == limit
                ? new RepeatedBeat(this, timestamp, values, ends)
                : null;
    }

    private long hash(BodySlice body, RepeatedBeat beat, HashStream64 hashing) {
        hashing.reset();
        int at = body.offset();
        for (int i = 0; i < pieces.length; i++) {
            hashing.putBytes(body.bytes(), at, pieces[i]);
            at = i < forms.length ? beat.end(i) : at;
        }
        return hashing.getAsLong();
    }

    @Nullable String instanceId() {
        return instanceId;
    }

    ReportedStatus status() {
        return status;
    }

    byte[] snapshot() {
        return snapshot;
    }

    long snapshotHash() {
        return snapshotHash;
    }

    /** About what it takes of the heap. */
    int sizeInMemory() {
        return OVERHEAD_BYTES + 9 * pieces.length + snapshot.length;
    }
}
