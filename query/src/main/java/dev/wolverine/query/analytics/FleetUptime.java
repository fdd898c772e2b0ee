package dev.wolverine.query.analytics;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.wolverine.db.model.ServerUptime;
import dev.wolverine.db.reader.SelectUptime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Uptime of whole organisations, remembered for half a minute: the hour that is not over is told
 * from the beats, which takes long for large fleets. Never blocks; thread-safe.
 */
public final class FleetUptime {

    private static final Duration REMEMBERED = Duration.ofSeconds(30);
    private static final int MAX_REMEMBERED = 200;

    private final SelectUptime uptime;
    private final Clock clock;
    private final AsyncCache<Question, List<ServerUptime>> answers =
            Caffeine.newBuilder()
                    .expireAfterWrite(REMEMBERED)
                    .maximumSize(MAX_REMEMBERED)
                    .buildAsync();

    public FleetUptime(SelectUptime uptime, Clock clock) {
        this.uptime = uptime;
        this.clock = clock;
    }

    private record Question(UUID organisationId, Instant fromHour, Instant toHour) {}

    /**
     * Every server's, over the hours of UTC that hold the period, as far as they are past. As of
     * half a minute ago at most.
     */
    public CompletionStage<List<ServerUptime>> ofOrganisation(
            UUID organisationId, Instant from, Instant to) {
        Instant now = clock.instant();
        Question question =
                new Question(
                        organisationId,
                        from.truncatedTo(ChronoUnit.HOURS),
                        to.minusNanos(1).truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS));
        return answers.get(
                question,
                (asked, _) ->
                        uptime.ofOrganisation(
                                        asked.organisationId(),
                                        asked.fromHour(),
                                        asked.toHour(),
                                        now)
                                .toCompletableFuture());
    }
}
