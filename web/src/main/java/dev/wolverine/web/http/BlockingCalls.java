package dev.wolverine.web.http;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * Runs what blocks on virtual threads, so that event loops never wait.
 *
 * <p>At most {@code limit} calls are under way; further ones fail at once with a 503 {@link
 * Problem}. Thread-safe. {@link #close()} waits for those under way.
 */
public final class BlockingCalls implements AutoCloseable {

    private final Semaphore permits;
    private final ExecutorService threads;

    public BlockingCalls(int limit) {
        this.permits = new Semaphore(limit);
        this.threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("web-blocking-", 0).factory());
    }

    public <T> CompletionStage<T> call(Callable<T> work) {
        if (!permits.tryAcquire()) {
            return CompletableFuture.failedFuture(
                    Problem.unavailable("too many requests at once; try again"));
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        threads.execute(() -> run(work, result));
        return result;
    }

    @Override
    public void close() {
        threads.close();
    }

    private <T> void run(Callable<T> work, CompletableFuture<T> result) {
        try {
            T value = work.call();
            permits.release();
            result.complete(value);
        } catch (Throwable failure) {
            permits.release();
            result.completeExceptionally(failure);
        }
    }
}
