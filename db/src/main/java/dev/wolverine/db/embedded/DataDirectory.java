package dev.wolverine.db.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The directory in which one platform keeps everything of its own, held by a lock while it runs.
 *
 * <pre>
 * lock, pid     held by the running platform, and its process id
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

    private static final String LOCK = "lock";
    private static final String OWNER = "pid";
    private static final String STATE = "state.json";

    /**
     * What this process has locked. The kernel drops a process's lock as soon as the process closes
     * any of its views of the file: one that we hold must not even be opened again.
     */
    private static final Set<Path> TAKEN_HERE = ConcurrentHashMap.newKeySet();

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
        Path wanted = directory.toAbsolutePath().normalize();
        try {
            createPassage(wanted);
            Path path = wanted.toRealPath();
            Optional<FileChannel> lockFile = lock(path);
            if (lockFile.isEmpty()) {
                throw new EmbeddedServerException(
                        "data.dir: "
                                + path
                                + " is in use by the platform with process id "
                                + owner(path).map(Object::toString).orElse("unknown")
                                + " (expected: a directory of this platform's own)");
            }
            DataDirectory taken = new DataDirectory(path, lockFile.get());
            taken.moveIn();
            return taken;
        } catch (IOException e) {
            throw new EmbeddedServerException(
                    "data.dir: "
                            + wanted
                            + " (expected: a directory that we can write to; "
                            + e
                            + ")",
                    e);
        }
    }

    /** The process id of the platform that has the directory; empty if none has. */
    public static Optional<Long> owner(Path directory) throws IOException {
        if (!Files.exists(directory.resolve(LOCK))) {
            return Optional.empty();
        }
        Path path = directory.toRealPath();
        Optional<FileChannel> lockFile = lock(path);
        if (lockFile.isPresent()) {
            unlock(path, lockFile.get());
            return Optional.empty();
        }
        try {
            return Optional.of(Long.valueOf(Files.readString(path.resolve(OWNER))));
        } catch (NoSuchFileException e) {
            // It is moving in or out at this moment.
            return Optional.empty();
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
            Files.deleteIfExists(path.resolve(OWNER));
        } catch (IOException e) {
            // Without the lock nobody reads them.
        }
        unlock(path, lockFile);
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

    private void moveIn() throws IOException {
        Files.deleteIfExists(path.resolve(STATE));
        replace(path.resolve(OWNER), Long.toString(ProcessHandle.current().pid()));
        Path logs = path.resolve("logs");
        Files.createDirectories(logs);
        Files.setPosixFilePermissions(logs, CLOSED);
    }

    private static void createPassage(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PASSAGE);
        }
    }

    /** Takes the lock of a directory; empty if somebody has it. */
    private static Optional<FileChannel> lock(Path directory) throws IOException {
        if (!TAKEN_HERE.add(directory)) {
            return Optional.empty();
        }
        FileChannel lockFile = null;
        boolean locked = false;
        try {
            lockFile =
                    FileChannel.open(
                            directory.resolve(LOCK),
                            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                            OURS_ALONE);
            locked = lockFile.tryLock() != null;
            return locked ? Optional.of(lockFile) : Optional.empty();
        } finally {
            if (!locked) {
                TAKEN_HERE.remove(directory);
                close(lockFile);
            }
        }
    }

    private static void unlock(Path directory, FileChannel lockFile) {
        close(lockFile);
        TAKEN_HERE.remove(directory);
    }

    private static void close(@Nullable FileChannel lockFile) {
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
