package dev.wolverine.db.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The directory in which one platform keeps everything of its own, held by a lock while it runs.
 *
 * <pre>
 * lock          held by the running platform; contains its process id
 * state.json    where the running platform answers; absent while it is not ready
 * postgres/     settings, credentials, and `data` with the database itself
 * redis/        settings and credentials
 * logs/         what the platform and its servers said
 * </pre>
 *
 * <p>The lock is the kernel's: it ends with the process, however that ended. Thread-safe.
 */
public final class DataDirectory implements AutoCloseable {

    private static final FileAttribute<Set<PosixFilePermission>> OURS_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** The servers' account has to pass through to its own part, and to see nothing else. */
    private static final Set<PosixFilePermission> PASSAGE =
            PosixFilePermissions.fromString("rwx--x--x");

    private static final Set<PosixFilePermission> CLOSED =
            PosixFilePermissions.fromString("rwx------");

    private static final String STATE = "state.json";

    private final Path path;
    private final FileChannel lockFile;

    private DataDirectory(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /**
     * Creates the directory where it does not exist, and takes it.
     *
     * @throws EmbeddedServerException if another platform has it, or it cannot be written to
     */
    public static DataDirectory take(Path directory) {
        Path path = directory.toAbsolutePath().normalize();
        FileChannel lockFile = null;
        try {
            createPassage(path);
            lockFile = openLock(path);
            if (!lock(lockFile)) {
                String owner = Files.readString(path.resolve("lock")).strip();
                lockFile.close();
                throw new EmbeddedServerException(
                        "data.dir: "
                                + path
                                + " is in use by the platform with process id "
                                + owner
                                + " (expected: a directory of this platform's own)");
            }
            lockFile.truncate(0);
            lockFile.write(
                    ByteBuffer.wrap(
                            (ProcessHandle.current().pid() + "\n")
                                    .getBytes(StandardCharsets.US_ASCII)));
            Files.deleteIfExists(path.resolve(STATE));
            DataDirectory taken = new DataDirectory(path, lockFile);
            taken.subdirectory("logs");
            return taken;
        } catch (IOException e) {
            close(lockFile);
            throw new EmbeddedServerException(
                    "data.dir: "
                            + path
                            + " (expected: a directory that we can write to; "
                            + e
                            + ")",
                    e);
        }
    }

    /** The process id of the platform that has the directory; empty if none has. */
    public static Optional<Long> owner(Path directory) throws IOException {
        Path file = directory.resolve("lock");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (FileChannel lockFile = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (lock(lockFile)) {
                return Optional.empty();
            }
            String owner = Files.readString(file).strip();
            return owner.isEmpty() ? Optional.empty() : Optional.of(Long.valueOf(owner));
        }
    }

    /** What the running platform has published; empty if none runs there, or it is not ready. */
    public static Optional<String> state(Path directory) throws IOException {
        if (owner(directory).isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(directory.resolve(STATE)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    public Path path() {
        return path;
    }

    public Path log(String name) {
        return path.resolve("logs").resolve(name + ".log");
    }

    /** Says where the platform answers; replaces what was said before, all at once. */
    public void publishState(String json) throws IOException {
        replace(path.resolve(STATE), json);
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(path.resolve(STATE));
        } catch (IOException e) {
            // Without the lock nobody reads it.
        }
        close(lockFile);
    }

    /** A directory that the servers' account may pass through. */
    Path passage(String name) throws IOException {
        Path passage = path.resolve(name);
        createPassage(passage);
        return passage;
    }

    /** Replaces a file that only we may read: readers see the old or the new one, whole. */
    static void replace(Path file, String content) throws IOException {
        Path part = file.resolveSibling("." + file.getFileName() + "-" + UUID.randomUUID());
        Files.createFile(part, OURS_ALONE);
        try (FileChannel out = FileChannel.open(part, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(content);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private void subdirectory(String name) throws IOException {
        Path directory = path.resolve(name);
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, CLOSED);
    }

    private static void createPassage(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PASSAGE);
        }
    }

    private static FileChannel openLock(Path directory) throws IOException {
        return FileChannel.open(
                directory.resolve("lock"),
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE),
                OURS_ALONE);
    }

    private static boolean lock(FileChannel lockFile) throws IOException {
        try {
            FileLock lock = lockFile.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            // Another platform of this very process has it.
            return false;
        }
    }

    private static void close(@org.jspecify.annotations.Nullable FileChannel lockFile) {
        if (lockFile == null) {
            return;
        }
        try {
            lockFile.close();
        } catch (IOException e) {
            // The lock ends with the process at the latest.
        }
    }
}
