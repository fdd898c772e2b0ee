package dev.wolverine.db.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that only takes room, and is thrown overboard where the disk is full: a database that
 * stopped for want of room needs some to start again, and nobody has to make it by hand.
 *
 * <p>It is made a minute after the start, when nobody waits for the disk, and again once there is
 * four times as much room as it takes. One thread of its own.
 */
final class Ballast implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Ballast.class);

    static final long USUAL_BYTES = 256L << 20;

    private static final Duration BEFORE_THE_FIRST = Duration.ofMinutes(1);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final int PIECE = 1 << 20;

    private final Path file;
    private final long bytes;
    private final LongSupplier free;
    private final Thread thread;

    /**
     * @param bytes that it takes
     * @param free bytes on its disk
     */
    Ballast(Path file, long bytes, LongSupplier free) {
        this.file = file;
        this.bytes = bytes;
        this.free = free;
        thread = Thread.ofPlatform().daemon().name("ballast").unstarted(this::run);
    }

    /** In this directory, as it is meant. */
    static Ballast in(Path directory) {
        return new Ballast(
                directory.resolve("ballast"),
                USUAL_BYTES,
                () -> {
                    try {
                        return Files.getFileStore(directory).getUsableSpace();
                    } catch (IOException e) {
                        return Long.MAX_VALUE;
                    }
                });
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            long since = System.nanoTime();
            while (true) {
                boolean settled = System.nanoTime() - since > BEFORE_THE_FIRST.toNanos();
                look(settled);
                Thread.sleep(EVERY);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    /**
     * Throws it overboard where less than a quarter of it is free; makes it where there is room.
     */
    void look(boolean mayBeMade) throws InterruptedException {
        long room = free.getAsLong();
        try {
            if (Files.exists(file)) {
                if (room < bytes / 4) {
                    Files.delete(file);
                    log.warn("the disk is full: {} MiB of ballast are free now", bytes >> 20);
                }
            } else if (mayBeMade && room > 4 * bytes) {
                make();
            }
        } catch (IOException e) {
            log.warn("ballast: {}", e.toString());
        }
    }

    private void make() throws IOException, InterruptedException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (OutputStream out = Files.newOutputStream(part)) {
            byte[] piece = new byte[PIECE];
            for (long written = 0; written < bytes; written += PIECE) {
                out.write(piece);
                // Slowly: the database has the disk first.
                Thread.sleep(5);
            }
        } catch (IOException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        Files.move(part, file);
    }
}
