package dev.wolverine.alerts.notify;

import java.time.Duration;
import java.util.Optional;

/**
 * What became of one try. Texts are for people, and hold no secret and nothing that was received.
 */
public sealed interface Outcome {

    /** Of HTTP or SMTP; empty where there was no answer. */
    Optional<Integer> status();

    /**
     * The receiver has it.
     *
     * @param reference what it calls the message, where that can be edited later
     */
    record Delivered(Optional<Integer> status, Optional<String> reference) implements Outcome {}

    /**
     * To be tried again.
     *
     * @param after at the earliest, where the receiver said so: it wants nothing until then
     */
    record Retry(Optional<Integer> status, String reason, Optional<Duration> after)
            implements Outcome {}

    /** Never to be tried again. */
    record Failed(Optional<Integer> status, String reason) implements Outcome {}

    /** The receiver wants nothing any more. */
    record Disable(Optional<Integer> status, String reason) implements Outcome {}

    static Outcome delivered(int status) {
        return new Delivered(Optional.of(status), Optional.empty());
    }

    static Outcome retry(String reason) {
        return new Retry(Optional.empty(), reason, Optional.empty());
    }

    static Outcome failed(String reason) {
        return new Failed(Optional.empty(), reason);
    }
}
