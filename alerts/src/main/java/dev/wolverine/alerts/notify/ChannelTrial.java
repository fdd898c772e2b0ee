package dev.wolverine.alerts.notify;

import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.notify.Notification.State;
import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.ChannelRecord;
import dev.wolverine.db.model.DeliveryTry;
import dev.wolverine.db.postgres.FinishOutbox;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Tries a channel with a message that says so, at once and once. Blocking for as long as the
 * receiver takes, at most 30 seconds; thread-safe.
 */
public final class ChannelTrial {

    private final Notifiers notifiers;
    private final FinishOutbox finishes;
    private final Clock clock;

    public ChannelTrial(Notifiers notifiers, FinishOutbox finishes, Clock clock) {
        this.notifiers = notifiers;
        this.finishes = finishes;
        this.clock = clock;
    }

    /**
     * What happened, which is in the delivery log as well.
     *
     * @param by who wants it, for the audit log
     */
    public DeliveryTry run(ChannelRecord channel, String by) {
        Instant at = clock.instant();
        long begun = System.nanoTime();
        Outcome outcome =
                notifiers.deliver(
                        channel,
                        new Message.Single(channel.id(), greeting(channel, at), Optional.empty()));
        DeliveryTry tried =
                new DeliveryTry(
                        at,
                        Duration.ofNanos(System.nanoTime() - begun),
                        result(outcome),
                        outcome.status().orElse(null),
                        detail(outcome));
        finishes.test(
                channel.id(),
                tried,
                AuditEntry.of(
                        channel.organisationId(),
                        at,
                        by,
                        "channel.test",
                        channel.id().toString(),
                        Map.of("outcome", tried.outcome().label())));
        return tried;
    }

    private static Notification greeting(ChannelRecord channel, Instant at) {
        return new Notification(
                UUID.randomUUID(),
                channel.organisationId(),
                UUID.randomUUID(),
                1,
                State.TEST,
                Severity.INFO,
                "This is a test of the channel " + channel.name(),
                "test",
                State.TEST.name().toLowerCase(Locale.ROOT),
                List.of(),
                0,
                at,
                Optional.empty(),
                Optional.empty());
    }

    private static DeliveryTry.Outcome result(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered _ -> DeliveryTry.Outcome.DELIVERED;
            case Outcome.Retry _ -> DeliveryTry.Outcome.RETRY;
            case Outcome.Failed _, Outcome.Disable _ -> DeliveryTry.Outcome.FAILED;
        };
    }

    private static String detail(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered _ -> "delivered";
            case Outcome.Retry retry -> retry.reason();
            case Outcome.Failed failed -> failed.reason();
            case Outcome.Disable disable -> disable.reason();
        };
    }
}
