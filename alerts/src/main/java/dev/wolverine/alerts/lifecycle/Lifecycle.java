package dev.wolverine.alerts.lifecycle;

import dev.wolverine.alerts.crash.FlapHistory;
import dev.wolverine.alerts.rule.Condition;
import dev.wolverine.alerts.rule.Policy;
import dev.wolverine.db.alert.AlertEvent;
import dev.wolverine.db.alert.AlertEvent.Change;
import dev.wolverine.db.alert.AlertRecord;
import dev.wolverine.db.alert.AlertRecord.Marks;
import dev.wolverine.db.alert.AlertRecord.Timing;
import dev.wolverine.db.postgres.AlertStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of one alert: inactive, pending, firing, resolved. Pure and without a state of
 * its own.
 *
 * <p>Durations are counted in {@link Moment#ran()}: a clock that jumps, or a platform that was
 * away, fires and resolves nothing. Missing data is no recovery: it stops the watch, and holds what
 * was.
 */
public final class Lifecycle {

    /** How often {@link AlertRecord#lastTrueAt()} is written while nothing else changes. */
    private static final Duration LAST_TRUE_STEP = Duration.ofMinutes(5);

    /** For so long a new alert remembers the one before it. */
    private static final Duration MEMORY = AlertStore.REMEMBERED;

    private static final long NEVER = Timing.NEVER;

    /**
     * What became of an alert.
     *
     * @param after empty: inactive
     */
    public record Step(Optional<AlertRecord> after, List<AlertEvent> events) {
        public Step {
            events = List.copyOf(events);
        }

        static Step unchanged(@Nullable AlertRecord alert) {
            return new Step(Optional.ofNullable(alert), List.of());
        }
    }

    /**
     * @param current open, or the last one that was resolved; null if there is none
     * @param fresh makes a pending alert, with its subject, of this moment
     */
    public Step judge(
            @Nullable AlertRecord current,
            Supplier<AlertRecord> fresh,
            Observation observation,
            Policy policy,
            Moment now) {
        Condition condition = meaning(observation.condition(), policy);
        if (current == null || !current.isOpen()) {
            return condition == Condition.TRUE
                    ? again(current, fresh, observation, policy, now)
                    : quiet(current, condition, now);
        }
        List<AlertEvent> events = new ArrayList<>();
        if (condition == Condition.NO_DATA) {
            return new Step(Optional.of(withoutData(current, now, events)), events);
        }
        AlertRecord alert = counted(withData(current, now, events), observation, condition, policy);
        alert = flapping(alert, now, events);
        if (condition == Condition.TRUE) {
            alert = found(alert, observation, now, events);
        } else if (alert.timing().clear() == NEVER) {
            alert = alert.with(clear(alert.timing(), now.ran()));
        }
        return alert.isFiring()
                ? firing(alert, condition, policy, now, events)
                : pending(alert, observation, policy, now, events);
    }

    private static Condition meaning(Condition condition, Policy policy) {
        return condition == Condition.NO_DATA && policy.noData() == Policy.NoData.RESOLVE
                ? Condition.FALSE
                : condition;
    }

    /** What was resolved by hand while it was true stays so for a while, or until it is false. */
    private Step again(
            @Nullable AlertRecord before,
            Supplier<AlertRecord> fresh,
            Observation observation,
            Policy policy,
            Moment now) {
        if (before != null
                && before.timing().clear() == NEVER
                && !now.isPast(before.timing().resolved(), MEMORY)) {
            return Step.unchanged(before);
        }
        return begin(before, fresh.get(), observation, policy, now);
    }

    private static Step quiet(@Nullable AlertRecord before, Condition condition, Moment now) {
        if (before == null || before.timing().clear() != NEVER || condition != Condition.FALSE) {
            return Step.unchanged(before);
        }
        return Step.unchanged(before.with(clear(before.timing(), now.ran())));
    }

    private Step begin(
            @Nullable AlertRecord before,
            AlertRecord made,
            Observation observation,
            Policy policy,
            Moment now) {
        FlapHistory flaps = FlapHistory.empty();
        if (before != null && !now.isPast(before.timing().resolved(), MEMORY)) {
            flaps = flaps(before.timing()).with(false);
        }
        flaps = flaps.with(true);
        AlertRecord alert =
                made.with(
                                new Timing(
                                        now.ran(),
                                        now.ran(),
                                        NEVER,
                                        NEVER,
                                        NEVER,
                                        flaps.evaluations(),
                                        flaps.count()))
                        .with(Marks.NONE.degraded(observation.degraded()));
        List<AlertEvent> events = new ArrayList<>();
        alert = flapping(alert, now, events);
        if (observation.degraded()) {
            events.add(AlertEvent.of(alert, now.at(), Change.PLATFORM_DEGRADED, ""));
        }
        Step step = pending(alert, observation, policy, now, events);
        if (step.after().stream().anyMatch(after -> !after.isFiring())) {
            events.addFirst(AlertEvent.of(alert, now.at(), Change.PENDING, ""));
            return new Step(step.after(), events);
        }
        return step;
    }

    /** The watch stops: neither what is pending nor what is clearing comes nearer to its end. */
    private static AlertRecord withoutData(AlertRecord alert, Moment now, List<AlertEvent> events) {
        if (alert.timing().noData() != NEVER) {
            return alert;
        }
        if (alert.isFiring()) {
            events.add(AlertEvent.of(alert, now.at(), Change.NO_DATA, ""));
        }
        Timing timing = alert.timing();
        return alert.with(
                new Timing(
                        timing.pending(),
                        timing.lastTrue(),
                        timing.clear(),
                        now.ran(),
                        timing.resolved(),
                        timing.evaluations(),
                        timing.evaluated()));
    }

    private static AlertRecord withData(AlertRecord alert, Moment now, List<AlertEvent> events) {
        Timing timing = alert.timing();
        if (timing.noData() == NEVER) {
            return alert;
        }
        if (alert.isFiring()) {
            events.add(AlertEvent.of(alert, now.at(), Change.DATA, ""));
        }
        long stopped = now.ran() - timing.noData();
        return alert.with(
                new Timing(
                        timing.pending() + stopped,
                        timing.lastTrue(),
                        timing.clear() == NEVER ? NEVER : timing.clear() + stopped,
                        NEVER,
                        timing.resolved(),
                        timing.evaluations(),
                        timing.evaluated()));
    }

    /** Where no beat came, only a change of mind counts. */
    private static AlertRecord counted(
            AlertRecord alert, Observation observation, Condition condition, Policy policy) {
        FlapHistory flaps = flaps(alert.timing());
        boolean isTrue = condition == Condition.TRUE;
        boolean same = (flaps.evaluations() & 1) == (isTrue ? 1 : 0);
        if (!observation.fresh() && same) {
            return alert;
        }
        FlapHistory after = flaps.with(isTrue);
        Timing timing = alert.timing();
        return alert.with(
                new Timing(
                        timing.pending(),
                        timing.lastTrue(),
                        timing.clear(),
                        timing.noData(),
                        timing.resolved(),
                        after.evaluations(),
                        after.count()));
    }

    private static AlertRecord flapping(AlertRecord alert, Moment now, List<AlertEvent> events) {
        boolean flapping = flaps(alert.timing()).isFlapping();
        if (flapping == alert.marks().flapping()) {
            return alert;
        }
        events.add(AlertEvent.of(alert, now.at(), flapping ? Change.FLAPPING : Change.CALM, ""));
        return alert.with(alert.marks().flapping(flapping));
    }

    private static AlertRecord found(
            AlertRecord alert, Observation observation, Moment now, List<AlertEvent> events) {
        AlertRecord after = alert;
        Timing timing = alert.timing();
        boolean stale = now.ran() - timing.lastTrue() >= LAST_TRUE_STEP.toMillis();
        if (timing.clear() != NEVER || stale || alert.severity() != observation.severity()) {
            after =
                    after.found(
                                    observation.severity(),
                                    observation.summary(),
                                    observation.evidence(),
                                    now.at())
                            .with(lastTrue(timing, now.ran()));
        }
        if (alert.severity() != observation.severity() && alert.isFiring()) {
            events.add(AlertEvent.of(after, now.at(), Change.SEVERITY, observation.summary()));
        }
        if (alert.marks().degraded() && !observation.degraded()) {
            after = after.with(after.marks().degraded(false));
            events.add(AlertEvent.of(after, now.at(), Change.PLATFORM_WELL, ""));
        }
        return after;
    }

    private static Step pending(
            AlertRecord alert,
            Observation observation,
            Policy policy,
            Moment now,
            List<AlertEvent> events) {
        Timing timing = alert.timing();
        boolean enough = trueOfLast(timing, policy.of()) >= policy.least();
        if (timing.clear() == NEVER && enough && now.isPast(timing.pending(), policy.hold())) {
            AlertRecord fired =
                    alert.fired(now.at())
                            .found(
                                    observation.severity(),
                                    observation.summary(),
                                    observation.evidence(),
                                    now.at());
            events.add(AlertEvent.of(fired, now.at(), Change.FIRED, fired.summary()));
            return new Step(Optional.of(fired), events);
        }
        boolean hopeless =
                policy.of() > 1 ? trueOfLast(timing, policy.of()) == 0 : timing.clear() != NEVER;
        if (hopeless) {
            events.add(AlertEvent.of(alert, now.at(), Change.CLEARED, ""));
            return new Step(Optional.empty(), events);
        }
        return new Step(Optional.of(alert), events);
    }

    private static Step firing(
            AlertRecord alert,
            Condition condition,
            Policy policy,
            Moment now,
            List<AlertEvent> events) {
        if (condition == Condition.TRUE
                || alert.marks().flapping()
                || !now.isPast(alert.timing().clear(), policy.keepFiring())) {
            return new Step(Optional.of(alert), events);
        }
        AlertRecord resolved = resolved(alert, now);
        events.add(AlertEvent.of(resolved, now.at(), Change.RESOLVED, ""));
        return new Step(Optional.of(resolved), events);
    }

    /**
     * What can be done to an alert by hand.
     *
     * @param until of {@link Action#SNOOZE}
     */
    public record Wish(Action action, @Nullable Instant until, String note) {}

    /** In lower case, its name in the interface. */
    public enum Action {
        ACKNOWLEDGE,
        UNACKNOWLEDGE,
        RESOLVE,
        SNOOZE,
        UNSNOOZE,
        NOTE
    }

    /** Empty if it makes no sense for the alert as it is. */
    public Optional<Step> act(AlertRecord alert, Wish wish, String by, Moment now) {
        if (wish.action() == Action.NOTE) {
            return Optional.of(byHand(alert, alert, Change.NOTE, by, wish.note(), now));
        }
        if (!alert.isFiring()) {
            return Optional.empty();
        }
        Marks marks = alert.marks();
        return switch (wish.action()) {
            case ACKNOWLEDGE ->
                    alert.isAcknowledged()
                            ? Optional.empty()
                            : Optional.of(
                                    byHand(
                                            alert,
                                            alert.with(marks.acknowledged(by, now.at())),
                                            Change.ACKNOWLEDGED,
                                            by,
                                            wish.note(),
                                            now));
            case UNACKNOWLEDGE ->
                    alert.isAcknowledged()
                            ? Optional.of(
                                    byHand(
                                            alert,
                                            alert.with(marks.acknowledged(null, null)),
                                            Change.UNACKNOWLEDGED,
                                            by,
                                            wish.note(),
                                            now))
                            : Optional.empty();
            case SNOOZE ->
                    Optional.of(
                            byHand(
                                    alert,
                                    alert.with(marks.snoozed(wish.until())),
                                    Change.SNOOZED,
                                    by,
                                    wish.note(),
                                    now));
            case UNSNOOZE ->
                    marks.snoozedUntil() == null
                            ? Optional.empty()
                            : Optional.of(
                                    byHand(
                                            alert,
                                            alert.with(marks.snoozed(null)),
                                            Change.WOKEN,
                                            by,
                                            wish.note(),
                                            now));
            case RESOLVE ->
                    Optional.of(
                            byHand(
                                    alert,
                                    resolved(alert, now),
                                    Change.RESOLVED,
                                    by,
                                    wish.note(),
                                    now));
            case NOTE -> Optional.empty();
        };
    }

    private static Step byHand(
            AlertRecord before,
            AlertRecord after,
            Change change,
            String by,
            String note,
            Moment now) {
        return new Step(
                Optional.of(after), List.of(AlertEvent.by(before, now.at(), change, by, note)));
    }

    /** A rule that is gone, or no longer looks at the subject, takes its alerts along. */
    public Step withdraw(AlertRecord alert, String reason, Moment now) {
        if (!alert.isFiring()) {
            return new Step(
                    Optional.empty(),
                    List.of(AlertEvent.of(alert, now.at(), Change.CLEARED, reason)));
        }
        return new Step(
                Optional.of(resolved(alert, now)),
                List.of(AlertEvent.of(alert, now.at(), Change.RESOLVED, reason)));
    }

    static AlertRecord resolved(AlertRecord alert, Moment now) {
        Timing timing = alert.timing();
        return alert.resolved(
                now.at(),
                new Timing(
                        timing.pending(),
                        timing.lastTrue(),
                        timing.clear(),
                        NEVER,
                        now.ran(),
                        timing.evaluations(),
                        timing.evaluated()));
    }

    private static int trueOfLast(Timing timing, int of) {
        return Integer.bitCount(timing.evaluations() & ((1 << of) - 1));
    }

    private static FlapHistory flaps(Timing timing) {
        return new FlapHistory(timing.evaluations(), timing.evaluated());
    }

    private static Timing clear(Timing timing, long ran) {
        return new Timing(
                timing.pending(),
                timing.lastTrue(),
                ran,
                timing.noData(),
                timing.resolved(),
                timing.evaluations(),
                timing.evaluated());
    }

    private static Timing lastTrue(Timing timing, long ran) {
        return new Timing(
                timing.pending(),
                ran,
                NEVER,
                timing.noData(),
                timing.resolved(),
                timing.evaluations(),
                timing.evaluated());
    }
}
