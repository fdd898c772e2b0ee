package dev.wolverine.alerts.outbound;

import java.time.Duration;
import java.util.Optional;

/**
 * What came back.
 *
 * @param retryAfter what the header of this name says; empty without one that can be understood
 * @param body its first 64 KiB
 */
public record OutboundAnswer(int status, Optional<Duration> retryAfter, byte[] body) {

    @Override
    public String toString() {
        return "OutboundAnswer[" + status + "]";
    }
}
