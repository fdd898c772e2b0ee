package dev.wolverine.alerts.engine;

import dev.wolverine.alerts.expression.Sample;
import dev.wolverine.alerts.rule.ServerFacts;
import java.time.Instant;
import java.util.List;

/** The stored beats of a server. */
@FunctionalInterface
public interface BeatHistory {

    /** Those after one moment of client time and before another, oldest first. */
    List<Sample> between(ServerFacts server, Instant after, Instant until);
}
