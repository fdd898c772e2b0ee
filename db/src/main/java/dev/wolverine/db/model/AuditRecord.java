package dev.wolverine.db.model;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * An entry in its place in the chain of its organisation.
 *
 * <p>Its hash is SHA-256 over the hash before it, the organisation, the sequence number, the time
 * in microseconds since 1970 and each text in UTF-8 after its length: two different records never
 * have the same bytes.
 *
 * @param sequence from 1, without gaps
 * @param previousHash {@link #hash()} of the record before; zeros for the first
 */
public record AuditRecord(long sequence, AuditEntry entry, byte[] previousHash, byte[] hash) {

    private static final int HASH_BYTES = 32;

    /** The record that follows one with this number and hash. */
    public static AuditRecord after(long sequence, byte[] hash, AuditEntry entry) {
        return new AuditRecord(sequence + 1, entry, hash, hash(sequence + 1, entry, hash));
    }

    /** What stands before the first record. */
    public static byte[] beginning() {
        return new byte[HASH_BYTES];
    }

    /** Whether the hash is that of the content. */
    public boolean isIntact() {
        return MessageDigest.isEqual(hash, hash(sequence, entry, previousHash));
    }

    private static byte[] hash(long sequence, AuditEntry entry, byte[] previousHash) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(previousHash);
            out.writeLong(entry.organisationId().getMostSignificantBits());
            out.writeLong(entry.organisationId().getLeastSignificantBits());
            out.writeLong(sequence);
            out.writeLong(ChronoUnit.MICROS.between(Instant.EPOCH, entry.at()));
            write(out, entry.subject());
            write(out, entry.action());
            write(out, entry.target());
            out.writeInt(entry.detail().size());
            for (Map.Entry<String, String> detail : entry.detail().entrySet()) {
                write(out, detail.getKey());
                write(out, detail.getValue());
            }
            return MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }
}
