package dev.wolverine.alerts.notify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/** The installation's key: 256 bits in base64, readable by the owner of the file alone. */
public final class SecretKeyFile {

    private static final int BYTES = 32;

    private SecretKeyFile() {}

    /**
     * The key in the file, which is made if it is not there.
     *
     * @throws UncheckedIOException if it cannot be read or written, or holds no key; the message
     *     names the file
     */
    public static byte[] readOrCreate(Path file, SecureRandom random) {
        try {
            if (!Files.exists(file)) {
                create(file, random);
            }
            byte[] key = Base64.getDecoder().decode(Files.readString(file).strip());
            if (key.length == BYTES) {
                return key;
            }
        } catch (IOException e) {
            throw unusable(file, e);
        } catch (IllegalArgumentException e) {
            // Said below, without what is in it.
        }
        throw unusable(file, new IOException("other content"));
    }

    private static void create(Path file, SecureRandom random) throws IOException {
        byte[] key = new byte[BYTES];
        random.nextBytes(key);
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        var ownerOnly =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        // Written whole beside its place: another process that starts at the same time sees all of
        // it or nothing.
        Path draft = Files.createTempFile(parent, "secrets", ".key", ownerOnly);
        try {
            Files.write(
                    draft,
                    (Base64.getEncoder().encodeToString(key) + "\n")
                            .getBytes(StandardCharsets.US_ASCII),
                    Set.of(StandardOpenOption.WRITE, StandardOpenOption.SYNC)
                            .toArray(StandardOpenOption[]::new));
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException e) {
            // The other process's key is as good.
        } finally {
            Files.delete(draft);
        }
    }

    private static UncheckedIOException unusable(Path file, IOException cause) {
        return new UncheckedIOException(
                "secrets.key-file: "
                        + file
                        + " (expected: a file of ours, with 32 bytes in base64; "
                        + cause.getMessage()
                        + ")",
                cause);
    }
}
