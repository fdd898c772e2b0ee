package dev.wolverine.alerts.engine;

import dev.wolverine.alerts.lifecycle.Lifecycle;
import dev.wolverine.alerts.lifecycle.Moment;
import dev.wolverine.alerts.notify.AlertActions;
import dev.wolverine.db.alert.AlertRecord;
import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.postgres.AlertStore;
import dev.wolverine.db.postgres.SelectAlerts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * What people do to alerts, wherever they do it: over the API, or from the message that told them.
 * Each deed is in the audit log, in its own transaction. Blocking; thread-safe.
 */
public final class AlertDeeds implements AlertActions {

    /** Members of a group beyond it are left: whoever acts on so many does it by a silence. */
    private static final int MOST_OF_A_GROUP = 1_000;

    private final SelectAlerts alerts;
    private final AlertStore store;
    private final Runnable changed;
    private final Clock clock;
    private final Lifecycle lifecycle = new Lifecycle();

    /**
     * @param changed wakes who judges
     */
    public AlertDeeds(SelectAlerts alerts, AlertStore store, Runnable changed, Clock clock) {
        this.alerts = alerts;
        this.store = store;
        this.changed = changed;
        this.clock = clock;
    }

    /**
     * Does something to one alert; returns whether there was such an alert, and it made sense for
     * it.
     *
     * @param by who, for the record: the subject of a principal
     */
    public boolean act(UUID organisation, UUID alertId, Lifecycle.Wish wish, String by) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        boolean done =
                store.change(
                                organisation,
                                alertId,
                                (alert, ran) ->
                                        lifecycle
                                                .act(alert, wish, by, new Moment(now, ran))
                                                .map(step ->
                                                        new AlertStore.ByHand(
                                                                step.after().orElse(alert),
                                                                step.events(),
                                                                entry(alert, wish, by, now))))
                        .isPresent();
        if (done) {
            changed.run();
        }
        return done;
    }

    @Override
    public boolean acknowledge(UUID organisation, UUID groupId, String by) {
        return actOnGroup(
                organisation,
                groupId,
                new Lifecycle.Wish(Lifecycle.Action.ACKNOWLEDGE, null, ""),
                by);
    }

    @Override
    public boolean snooze(UUID organisation, UUID groupId, Duration length, String by) {
        Instant until = clock.instant().plus(length).truncatedTo(ChronoUnit.MILLIS);
        return actOnGroup(
                organisation, groupId, new Lifecycle.Wish(Lifecycle.Action.SNOOZE, until, ""), by);
    }

    private boolean actOnGroup(UUID organisation, UUID groupId, Lifecycle.Wish wish, String by) {
        List<SelectAlerts.Shown> members =
                alerts.page(
                                organisation,
                                new SelectAlerts.Wanted(null, null, null, null, null, groupId),
                                0,
                                MOST_OF_A_GROUP)
                        .alerts();
        members.forEach(member -> act(organisation, member.alert().id(), wish, by));
        return !members.isEmpty();
    }

    private static AuditEntry entry(
            AlertRecord alert, Lifecycle.Wish wish, String by, Instant now) {
        return AuditEntry.of(
                alert.organisationId(),
                now,
                by,
                "alert." + wish.action().name().toLowerCase(Locale.ROOT),
                alert.id().toString(),
                wish.note().isEmpty() ? Map.of() : Map.of("note", wish.note()));
    }
}
