package dev.wolverine.web.http;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Says the same thing once in a while, and how often it was true meanwhile: what happens to every
 * request must not fill the disk with its log. Thread-safe.
 */
final class RepeatedWarning {

    private final Logger log;
    private final Duration period;
    private final LongSupplier nanos;
    private boolean said;
    private long lastNanos;
    private long unsaid;

    /**
     * @param nanos a clock that only goes on
     */
    RepeatedWarning(Logger log, Duration period, LongSupplier nanos) {
        this.log = log;
        this.period = period;
        this.nanos = nanos;
    }

    /**
     * @param what happened
     * @param why for the log
     */
    synchronized void warn(String what, String why) {
        long now = nanos.getAsLong();
        if (said && now - lastNanos < period.toNanos()) {
            unsaid++;
            return;
        }
        if (unsaid == 0) {
            log.warn("{}: {}", what, why);
        } else {
            log.warn("{}: {} (and {} more times since this was said last)", what, why, unsaid);
        }
        said = true;
        lastNanos = now;
        unsaid = 0;
    }
}
