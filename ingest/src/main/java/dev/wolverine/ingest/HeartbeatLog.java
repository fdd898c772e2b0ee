package dev.wolverine.ingest;

import dev.wolverine.db.AppendResult;
import dev.wolverine.db.model.LogEntry;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Where heartbeats become durable.
 *
 * <p>Thread-safe and never blocking. Appending the same beat again, at any time and in any order,
 * changes nothing.
 */
public interface HeartbeatLog {

    /** Completes when the entry is durable, or refused; never exceptionally. */
    CompletionStage<Outcome> append(LogEntry entry);

    /** What became of an entry. */
    sealed interface Outcome {
        /** Committed and on disk. */
        record Durable(AppendResult result) implements Outcome {}

        /** Not acknowledged: it may be durable or not, and appending it again is right. */
        record Refused(IntakeResult.Cause cause, Duration retryAfter) implements Outcome {}
    }
}
