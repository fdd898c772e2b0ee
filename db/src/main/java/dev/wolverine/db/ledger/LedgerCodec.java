package dev.wolverine.db.ledger;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The stored form of a {@link LedgerState}: canonical, so that equal states have equal bytes. One
 * byte of version, then the fields in the order of the records, integers as protobuf's varints.
 */
public final class LedgerCodec {

    private static final int VERSION = 1;

    private LedgerCodec() {}

    public static byte[] encode(LedgerState state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes, 512);
            out.write((byte) VERSION);
            out.writeSInt64NoTag(state.lastMillis());
            out.writeUInt32NoTag(state.status() == null ? 0 : state.status().code());
            out.writeUInt32NoTag(state.lives().size());
            for (Life life : state.lives()) {
                write(out, life);
            }
            out.writeUInt32NoTag(state.gaps().size());
            for (Gap gap : state.gaps()) {
                out.writeSInt64NoTag(gap.from());
                out.writeSInt64NoTag(gap.to());
                out.writeByteArrayNoTag(gap.increases());
            }
            out.flush();
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    /**
     * The state that these bytes stand for.
     *
     * @throws IllegalArgumentException if they are none of ours, or of a later version
     */
    public static LedgerState decode(byte[] content) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(content);
            int version = in.readRawByte();
            if (version != VERSION) {
                throw new IllegalArgumentException(
                        "ledger version: " + version + " (expected: " + VERSION + ")");
            }
            long lastMillis = in.readSInt64();
            int status = in.readUInt32();
            List<Life> lives = new ArrayList<>();
            for (int left = in.readUInt32(); left > 0; left--) {
                lives.add(read(in));
            }
            List<Gap> gaps = new ArrayList<>();
            for (int left = in.readUInt32(); left > 0; left--) {
                gaps.add(new Gap(in.readSInt64(), in.readSInt64(), in.readByteArray()));
            }
            return new LedgerState(
                    lastMillis,
                    status == 0 ? null : LedgerEvent.Status.ofCode(status),
                    lives,
                    gaps);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "ledger: " + content.length + " bytes that are none", e);
        }
    }

    private static void write(CodedOutputStream out, Life life) throws IOException {
        out.writeSInt64NoTag(life.startSeconds());
        out.writeSInt64NoTag(life.firstMillis());
        out.writeSInt64NoTag(life.lastMillis());
        out.writeBoolNoTag(life.version() != null);
        if (life.version() != null) {
            out.writeStringNoTag(life.version());
        }
        Life.Child child = life.child();
        out.writeSInt32NoTag(child.pid());
        out.writeSInt64NoTag(child.sinceMillis());
        out.writeSInt32NoTag(child.firstMemoryMb());
        out.writeSInt32NoTag(child.highestMemoryMb());
        out.writeSInt32NoTag(child.memoryMb());
        out.writeBoolNoTag(child.wasDown());
        out.writeFixed64NoTag(life.snapshotHash());
        out.writeByteArrayNoTag(life.counters());
        out.writeBoolNoTag(life.isContinued());
        out.writeBoolNoTag(life.claim() != null);
        if (life.claim() != null) {
            out.writeSInt64NoTag(life.claim().firstMillis());
            out.writeSInt64NoTag(life.claim().startSeconds());
            out.writeBoolNoTag(life.claim().isDown());
            out.writeByteArrayNoTag(life.claim().snapshot());
        }
    }

    private static Life read(CodedInputStream in) throws IOException {
        long startSeconds = in.readSInt64();
        long firstMillis = in.readSInt64();
        long lastMillis = in.readSInt64();
        String version = in.readBool() ? in.readString() : null;
        Life.Child child =
                new Life.Child(
                        in.readSInt32(),
                        in.readSInt64(),
                        in.readSInt32(),
                        in.readSInt32(),
                        in.readSInt32(),
                        in.readBool());
        long snapshotHash = in.readFixed64();
        byte[] counters = in.readByteArray();
        boolean isContinued = in.readBool();
        Life.Claim claim =
                in.readBool()
                        ? new Life.Claim(
                                in.readSInt64(), in.readSInt64(), in.readBool(), in.readByteArray())
                        : null;
        return new Life(
                startSeconds,
                firstMillis,
                lastMillis,
                version,
                child,
                snapshotHash,
                counters,
                isContinued,
                claim);
    }
}
