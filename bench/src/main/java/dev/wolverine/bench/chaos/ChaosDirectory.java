package dev.wolverine.bench.chaos;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Where the platform of one run keeps its data: on a small disk of its own (tmpfs), where we may
 * mount one. Closing it unmounts and deletes it.
 *
 * @param isOwnDisk whether nothing else suffers when it is full
 */
public record ChaosDirectory(Path path, boolean isOwnDisk) implements AutoCloseable {

    /**
     * Makes one.
     *
     * @param size of the disk, as mount takes it
     */
    public static ChaosDirectory create(boolean ownDisk, String size)
            throws IOException, InterruptedException {
        Path path = Files.createTempDirectory("wolverine-chaos");
        boolean mounted =
                ownDisk
                        && succeeds(
                                "mount",
                                "-t",
                                "tmpfs",
                                "-o",
                                "size=" + size + ",mode=711",
                                "tmpfs",
                                path.toString());
        // The account of the servers passes through.
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
        return new ChaosDirectory(path, mounted);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (isOwnDisk && !succeeds("umount", path.toString())) {
            throw new IOException(path + ": still in use (expected: nothing runs there)");
        }
        delete(path);
    }

    private static boolean succeeds(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException notInstalled) {
            return false;
        }
    }

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(
                directory,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path visited, @Nullable IOException failure) throws IOException {
                        Files.delete(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
