package dev.wolverine.db.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server that a platform left behind when it was killed, found by its process id and by the file
 * that its command names.
 *
 * <p>Normally the kernel has told it to stop, and it is doing so.
 */
record Orphan(ProcessHandle process) {

    private static final Logger log = LoggerFactory.getLogger(Orphan.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The process of this id, if it runs and works on this file: ids are used again. */
    static Optional<Orphan> find(long pid, Path itsFile) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> commandLine(process).contains(itsFile.toString()))
                .map(Orphan::new);
    }

    /** Returns when the process is gone; after 30 s kills it. */
    void end() throws IOException {
        log.warn("stopping the server (pid {}) of an earlier platform", process.pid());
        try {
            Signals.interrupt(process.pid());
            process.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            process.destroyForcibly();
            process.onExit().join();
        } catch (ExecutionException e) {
            throw new IOException("cannot wait for process " + process.pid(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String commandLine(ProcessHandle process) {
        Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
        try {
            return Files.readString(file).replace('\0', ' ');
        } catch (IOException e) {
            return process.info().commandLine().orElse("");
        }
    }
}
