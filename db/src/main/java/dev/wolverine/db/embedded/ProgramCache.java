package dev.wolverine.db.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The servers' programs, unpacked from the class path once for all platforms of this user.
 *
 * <p>Each archive has a directory named after its size and checksum, which appears all at once:
 * several platforms may unpack at the same time. Thread-safe.
 */
final class ProgramCache {

    private static final Set<PosixFilePermission> READABLE_BY_ALL =
            PosixFilePermissions.fromString("rwxr-xr-x");

    private final Path directory;

    ProgramCache(Path directory) {
        this.directory = directory;
    }

    /**
     * Where programs are kept unless said otherwise. Root's home is closed to the account that runs
     * the servers, hence another place there.
     */
    static Path usualDirectory() {
        if (ServiceAccount.isRoot()) {
            return Path.of("/var/cache/wolverine");
        }
        return variable("XDG_CACHE_HOME")
                .map(Path::of)
                .orElseGet(() ->
                        Path.of(
                                variable("HOME").orElseGet(() -> System.getProperty("user.home")),
                                ".cache"))
                .resolve("wolverine");
    }

    /** The directory of PostgreSQL, with `bin` in it. */
    Path postgres() {
        String resource = "postgres-" + system() + "-" + (isArm() ? "arm_64" : "x86_64") + ".txz";
        return unpacked("postgresql", resource, ProgramCache::extractArchive);
    }

    /** The Redis server. */
    Path redis() {
        String resource =
                isArm()
                        ? (isMac()
                                ? "redis-server-6.2.6-v5-darwin-arm64"
                                : "redis-server-6.2.7-linux-arm64")
                        : "redis-server-6.2.6-v5-" + system() + "-amd64";
        return unpacked("redis", resource, ProgramCache::copyProgram).resolve("redis-server");
    }

    private static Optional<String> variable(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
    }

    private Path unpacked(String name, String resource, Unpacking unpacking) {
        URL archive = ProgramCache.class.getResource("/" + resource);
        if (archive == null) {
            throw new EmbeddedServerException(
                    "machine: "
                            + System.getProperty("os.name")
                            + " "
                            + System.getProperty("os.arch")
                            + " (expected: Linux amd64, or external servers in database.url and"
                            + " redis.url)");
        }
        try {
            Path target = directory.resolve(name + "-" + fingerprint(archive));
            if (!Files.isDirectory(target)) {
                unpack(archive, target, unpacking);
            }
            return target;
        } catch (IOException e) {
            throw new EmbeddedServerException(
                    "data.programs-dir: "
                            + directory
                            + " (expected: a directory that we can write to; "
                            + e
                            + ")",
                    e);
        }
    }

    private void unpack(URL archive, Path target, Unpacking unpacking) throws IOException {
        createReadableByAll(directory);
        Path part = directory.resolve("." + target.getFileName() + "-" + UUID.randomUUID());
        createReadableByAll(part);
        try {
            try (InputStream in = new BufferedInputStream(archive.openStream(), 1 << 16)) {
                unpacking.unpack(in, part);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            FileTrees.delete(part);
            // Another platform may have been faster; then its copy is as good as ours.
            if (!Files.isDirectory(target)) {
                throw e;
            }
        }
    }

    private static void extractArchive(InputStream in, Path directory) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(in))) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                Path path = directory.resolve(entry.getName()).normalize();
                if (!path.startsWith(directory)) {
                    throw new IOException("entry outside of the archive: " + entry.getName());
                }
                extractEntry(tar, entry, path);
            }
        }
    }

    private static void extractEntry(TarArchiveInputStream tar, TarArchiveEntry entry, Path path)
            throws IOException {
        if (entry.isDirectory()) {
            createReadableByAll(path);
            return;
        }
        createReadableByAll(path.resolveSibling(".").normalize());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else if (entry.isLink()) {
            throw new IOException("hard link in the archive: " + entry.getName());
        } else {
            Files.copy(tar, path);
            Files.setPosixFilePermissions(
                    path,
                    (entry.getMode() & 0100) != 0
                            ? READABLE_BY_ALL
                            : PosixFilePermissions.fromString("rw-r--r--"));
        }
    }

    private static void copyProgram(InputStream in, Path directory) throws IOException {
        Path program = directory.resolve("redis-server");
        Files.copy(in, program);
        Files.setPosixFilePermissions(program, EnumSet.copyOf(READABLE_BY_ALL));
    }

    /** Whatever the umask, the servers' account must be able to read and run what is in it. */
    private static void createReadableByAll(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return;
        }
        Path parent = path.getParent();
        if (parent != null) {
            createReadableByAll(parent);
        }
        try {
            Files.createDirectory(path);
        } catch (FileAlreadyExistsException e) {
            return;
        }
        Files.setPosixFilePermissions(path, READABLE_BY_ALL);
    }

    private static String fingerprint(URL archive) throws IOException {
        if (archive.openConnection() instanceof JarURLConnection connection) {
            ZipEntry entry = connection.getJarEntry();
            return "%08x-%d".formatted(entry.getCrc(), entry.getSize());
        }
        throw new IOException("not in a jar: " + archive);
    }

    private static String system() {
        return isMac() ? "darwin" : "linux";
    }

    private static boolean isMac() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");
    }

    private static boolean isArm() {
        return "aarch64".equals(System.getProperty("os.arch"));
    }

    private interface Unpacking {
        void unpack(InputStream archive, Path directory) throws IOException;
    }
}
