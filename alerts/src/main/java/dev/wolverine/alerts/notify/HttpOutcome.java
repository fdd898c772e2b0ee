package dev.wolverine.alerts.notify;

import dev.wolverine.alerts.outbound.OutboundAnswer;
import dev.wolverine.alerts.outbound.OutboundException;
import java.util.Optional;

/** What a status of HTTP means for a delivery. */
final class HttpOutcome {

    private HttpOutcome() {}

    /** 2xx has arrived; 408, 425, 429 and 5xx may later; 410 wants no more; all else never will. */
    static Outcome of(OutboundAnswer answer) {
        int status = answer.status();
        if (status >= 200 && status < 300) {
            return Outcome.delivered(status);
        }
        Optional<Integer> known = Optional.of(status);
        if (status == 410) {
            return new Outcome.Disable(known, "the receiver answered 410: it is gone for good");
        }
        String reason = "the receiver answered " + status;
        if (status == 408 || status == 425 || status == 429 || status >= 500) {
            return new Outcome.Retry(known, reason, answer.retryAfter());
        }
        return status >= 300 && status < 400
                ? new Outcome.Failed(known, reason + ", and redirects are not followed")
                : new Outcome.Failed(known, reason);
    }

    static Outcome of(OutboundException failure) {
        return failure.reason().isPassing()
                ? Outcome.retry(failure.text())
                : Outcome.failed(failure.text());
    }
}
