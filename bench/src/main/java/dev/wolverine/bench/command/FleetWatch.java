package dev.wolverine.bench.command;

import dev.wolverine.bench.stream.FleetClient;
import dev.wolverine.bench.stream.FleetCounters;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reports on a running fleet until it is to end. */
final class FleetWatch {
    private static final long STATUS_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LOOK_MILLIS = 100;

    private final FleetClient client;
    private final @Nullable Duration duration;
    private final Console console;

    /**
     * @param duration of the live part; null: until stopped
     */
    FleetWatch(FleetClient client, @Nullable Duration duration, Console console) {
        this.client = client;
        this.duration = duration;
        this.console = console;
    }

    /** Returns the exit code: 0 if every beat was answered. */
    int run(CountDownLatch stop) throws InterruptedException {
        FleetCounters counters = client.counters();
        long started = System.nanoTime();
        long nextStatus = started + STATUS_NANOS;
        long liveSince = 0;
        while (!stop.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            long now = System.nanoTime();
            if (client.failed()) {
                console.error("a stream has failed: what it did is not in the ledger");
                return 1;
            }
            if (counters.acknowledged() == 0 && isFinal(counters.trouble().getCode())) {
                console.error("the platform refuses this client: " + words(counters.trouble()));
                return 1;
            }
            if (liveSince == 0 && counters.historySent()) {
                liveSince = now;
                console.print(
                        "history sent in %.1f s: %s"
                                .formatted((now - started) / 1e9, counters.line()));
            }
            if (duration != null && liveSince != 0 && now - liveSince >= duration.toNanos()) {
                break;
            }
            if (now >= nextStatus) {
                nextStatus += STATUS_NANOS;
                console.print(status(counters));
            }
        }
        client.close();
        console.print("ended: " + status(counters));
        return counters.unanswered() == 0 ? 0 : 1;
    }

    private static String status(FleetCounters counters) {
        Status trouble = counters.trouble();
        return trouble.isOk()
                ? counters.line()
                : counters.line() + "  last break: " + words(trouble);
    }

    private static String words(Status status) {
        return status.getDescription() == null
                ? status.getCode().name()
                : status.getCode() + ": " + status.getDescription();
    }

    private static boolean isFinal(Status.Code code) {
        return code == Status.Code.UNAUTHENTICATED
                || code == Status.Code.PERMISSION_DENIED
                || code == Status.Code.UNIMPLEMENTED;
    }
}
