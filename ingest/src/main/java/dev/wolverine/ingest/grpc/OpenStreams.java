package dev.wolverine.ingest.grpc;

import dev.wolverine.db.model.Principal;
import io.grpc.Status;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** The streams that keys hold open, so that they end with their key. Thread-safe. */
final class OpenStreams {

    private final Predicate<Principal> hasEnded;
    private final Map<String, Set<HeartbeatStream>> bySubject = new ConcurrentHashMap<>();

    /**
     * @param hasEnded whether a principal's key ended a moment ago
     */
    OpenStreams(Predicate<Principal> hasEnded) {
        this.hasEnded = hasEnded;
    }

    /** Keeps a stream, or ends it: its key may have ended since it was proved. */
    void add(Principal principal, HeartbeatStream stream) {
        bySubject.compute(
                principal.subject(),
                (_, streams) -> {
                    Set<HeartbeatStream> all =
                            streams == null ? ConcurrentHashMap.newKeySet() : streams;
                    all.add(stream);
                    return all;
                });
        if (hasEnded.test(principal)) {
            stream.end(KeyInterceptor.ENDED);
            remove(principal, stream);
        }
    }

    void remove(Principal principal, HeartbeatStream stream) {
        bySubject.computeIfPresent(
                principal.subject(),
                (_, streams) -> {
                    streams.remove(stream);
                    return emptied(streams);
                });
    }

    /** Ends all streams of a subject. */
    void end(String subject, Status status) {
        Set<HeartbeatStream> streams = bySubject.remove(subject);
        if (streams != null) {
            streams.forEach(stream -> stream.end(status));
        }
    }

    @SuppressWarnings("NullAway") // removes the entry
    private static Set<HeartbeatStream> emptied(Set<HeartbeatStream> streams) {
        return streams.isEmpty() ? null : streams;
    }
}
