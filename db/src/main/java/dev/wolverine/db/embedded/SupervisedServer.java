package dev.wolverine.db.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one server process running: starts it again when it ends without being told to.
 *
 * <p>One thread of its own starts the process and waits for it. The kernel ties the process to that
 * very thread (see {@link ServiceAccount}), which therefore lives exactly as long. Other methods
 * may be called from any thread.
 */
final class SupervisedServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SupervisedServer.class);

    /**
     * How long a server that never became ready is tried again before the first start fails: after
     * a kill -9 the kernel and the orphaned workers need a moment to let go of its memory.
     */
    private static final Duration FIRST_START_PATIENCE = Duration.ofSeconds(10);

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);
    private static final long LARGEST_LOG_BYTES = 16L << 20;

    private final String name;
    private final Program program;
    private final Path logFile;
    private final LongConsumer onReady;
    private final Thread thread;
    private final CompletableFuture<Void> firstReady = new CompletableFuture<>();
    private final CountDownLatch stopRequested = new CountDownLatch(1);

    /** Released when the process has ended, and when it is to be stopped. */
    private final Semaphore wakeUp = new Semaphore(0);

    private volatile long pid = -1;

    /**
     * @param onReady told the process id each time the server has become ready; must not block
     */
    SupervisedServer(String name, Program program, Path logFile, LongConsumer onReady) {
        this.name = name;
        this.program = program;
        this.logFile = logFile;
        this.onReady = onReady;
        this.thread = Thread.ofPlatform().name(name + "-supervisor").daemon().unstarted(this::run);
    }

    /** What to run, and how to know that it serves. */
    interface Program {
        /** Prepares one start, and says the command of it. */
        List<String> command() throws IOException;

        boolean isReady(Process process) throws IOException;
    }

    /** Starts the server, and returns when it serves; recovering after a crash may take minutes. */
    void start() {
        thread.start();
        try {
            firstReady.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof EmbeddedServerException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** The process id; -1 while the server is not ready. */
    long pid() {
        return pid;
    }

    /** Stops the server in an orderly way, by force after 30 s. */
    @Override
    public void close() {
        stopRequested.countDown();
        wakeUp.release();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long givenUpAt = System.nanoTime() + FIRST_START_PATIENCE.toNanos();
        Duration pause = SHORTEST_PAUSE;
        try {
            while (!isStopping()) {
                if (runOnce()) {
                    pause = SHORTEST_PAUSE;
                } else if (!firstReady.isDone() && System.nanoTime() > givenUpAt) {
                    firstReady.completeExceptionally(neverReady());
                    return;
                }
                stopRequested.await(pause.toMillis(), TimeUnit.MILLISECONDS);
                pause = shorter(pause.multipliedBy(2), LONGEST_PAUSE);
            }
            firstReady.completeExceptionally(
                    new EmbeddedServerException(name + ": stopped before it was ready"));
        } catch (IOException | UncheckedIOException e) {
            log.error("{} cannot be started", name, e);
            firstReady.completeExceptionally(
                    new EmbeddedServerException(name + ": cannot be started: " + e, e));
        } catch (InterruptedException e) {
            firstReady.completeExceptionally(e);
        }
    }

    /** Runs the server until it ends; false if it ended before it was ready. */
    private boolean runOnce() throws IOException, InterruptedException {
        keepLogSmall();
        long startedAt = System.nanoTime();
        Process process =
                new ProcessBuilder(program.command())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()))
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .start();
        try {
            boolean ready = awaitReady(process);
            if (ready) {
                pid = process.pid();
                log.info(
                        "{} (pid {}) is ready after {} ms",
                        name,
                        pid,
                        Duration.ofNanos(System.nanoTime() - startedAt).toMillis());
                onReady.accept(pid);
                firstReady.complete(null);
                awaitEnd(process);
            }
            if (!isStopping()) {
                log.warn(
                        "{} (pid {}) ended with {}: starting it again",
                        name,
                        process.pid(),
                        describe(process));
            }
            return ready;
        } finally {
            stop(process);
            pid = -1;
        }
    }

    private boolean awaitReady(Process process) throws IOException, InterruptedException {
        while (process.isAlive() && !isStopping()) {
            if (program.isReady(process)) {
                return true;
            }
            process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS);
        }
        return false;
    }

    private void awaitEnd(Process process) throws InterruptedException {
        process.onExit().thenRun(wakeUp::release);
        wakeUp.acquire();
    }

    private void stop(Process process) throws IOException, InterruptedException {
        if (!process.isAlive()) {
            return;
        }
        Signals.interrupt(process.pid());
        if (!process.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            log.warn("{} (pid {}) does not stop: killing it", name, process.pid());
            process.destroyForcibly().waitFor();
        }
    }

    private void keepLogSmall() throws IOException {
        if (Files.exists(logFile) && Files.size(logFile) > LARGEST_LOG_BYTES) {
            Files.move(
                    logFile,
                    logFile.resolveSibling(logFile.getFileName() + ".1"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private EmbeddedServerException neverReady() {
        return new EmbeddedServerException(
                name + ": does not start: " + lastLine() + " (more in " + logFile + ")");
    }

    private String lastLine() {
        try {
            List<String> lines = Files.readAllLines(logFile);
            return lines.isEmpty() ? "it says nothing" : lines.getLast().strip();
        } catch (IOException e) {
            return "its log cannot be read";
        }
    }

    private boolean isStopping() {
        return stopRequested.getCount() == 0;
    }

    private static String describe(Process process) {
        return process.isAlive() ? "no answer" : "exit code " + process.exitValue();
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
