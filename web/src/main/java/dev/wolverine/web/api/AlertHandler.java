package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.lifecycle.Lifecycle;
import dev.wolverine.alerts.lifecycle.Moment;
import dev.wolverine.db.alert.AlertEvent;
import dev.wolverine.db.alert.AlertRecord;
import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.postgres.AlertStore;
import dev.wolverine.db.postgres.SelectAlerts;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.http.RequestBody;
import dev.wolverine.web.json.Fields;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Alerts: which there are, what became of them, and what people do about them. */
public final class AlertHandler {

    private static final String ALERTS = "/api/v1/alerts";

    private static final int MOST_AT_ONCE = 200;
    private static final int MAX_NOTE_CHARACTERS = 2_000;
    private static final long DEFAULT_SNOOZE_SECONDS = Duration.ofHours(1).toSeconds();
    private static final long LONGEST_SNOOZE_SECONDS = Duration.ofDays(30).toSeconds();

    private final SelectAlerts alerts;
    private final AlertStore store;
    private final Runnable changed;
    private final BlockingCalls blocking;
    private final Clock clock;
    private final Lifecycle lifecycle = new Lifecycle();

    /**
     * @param changed wakes who judges
     */
    public AlertHandler(
            SelectAlerts alerts,
            AlertStore store,
            Runnable changed,
            BlockingCalls blocking,
            Clock clock) {
        this.alerts = alerts;
        this.store = store;
        this.changed = changed;
        this.blocking = blocking;
        this.clock = clock;
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(HttpMethod.GET, ALERTS, Access.READ, this::list),
                new Endpoint(HttpMethod.POST, ALERTS + "/bulk", Access.OPERATE, this::bulk),
                new Endpoint(HttpMethod.GET, ALERTS + "/:id", Access.READ, this::one),
                new Endpoint(HttpMethod.PATCH, ALERTS + "/:id", Access.OPERATE, this::act));
    }

    /**
     * @param by taken and ignored: who it is comes from the credential
     */
    private record Deed(
            @Nullable String action,
            @Nullable Long snoozeSeconds,
            @Nullable String note,
            @Nullable String by) {}

    private record Deeds(
            @Nullable List<String> ids,
            @Nullable String action,
            @Nullable Long snoozeSeconds,
            @Nullable String note,
            @Nullable String by) {

        Deed each() {
            return new Deed(action, snoozeSeconds, note, by);
        }
    }

    private record Listed(SelectAlerts.Page page, List<SelectAlerts.Counts> counts) {}

    private record Told(SelectAlerts.Shown shown, List<AlertEvent> events) {}

    private void list(RoutingContext context) {
        UUID organisation = principal(context).organisationId();
        MultiMap query = context.queryParams();
        SelectAlerts.Wanted wanted =
                new SelectAlerts.Wanted(
                        word(query, "state", AlertRecord.State.class).orElse(null),
                        word(query, "severity", Severity.class).map(Enum::ordinal).orElse(null),
                        yesOrNo(query, "acknowledged"),
                        text(query, "server"),
                        text(query, "kind"),
                        Optional.ofNullable(query.get("group"))
                                .map(AlertHandler::group)
                                .orElse(null));
        int offset = number(query, "offset", 0, 0, 100_000);
        int limit = number(query, "limit", 100, 1, 1_000);
        Answers.whenDone(
                context,
                blocking.call(() ->
                        new Listed(
                                alerts.page(organisation, wanted, offset, limit),
                                alerts.counts(organisation))),
                found ->
                        Answers.json(
                                context,
                                200,
                                json -> {
                                    json.writeStartObject();
                                    json.writeArrayFieldStart("alerts");
                                    for (SelectAlerts.Shown shown : found.page.alerts()) {
                                        json.writeStartObject();
                                        write(json, shown);
                                        json.writeEndObject();
                                    }
                                    json.writeEndArray();
                                    json.writeNumberField("total", found.page.total());
                                    writeCounts(json, found.counts);
                                    json.writeEndObject();
                                }));
    }

    private void one(RoutingContext context) {
        UUID organisation = principal(context).organisationId();
        UUID id = id(context);
        Answers.whenDone(
                context,
                blocking.call(() ->
                        alerts.find(organisation, id)
                                .map(shown -> new Told(shown, alerts.events(organisation, id)))),
                found -> {
                    Told told = found.orElseThrow(AlertHandler::nobodys);
                    Answers.json(
                            context,
                            200,
                            json -> {
                                json.writeStartObject();
                                write(json, told.shown);
                                json.writeArrayFieldStart("history");
                                for (AlertEvent event : told.events) {
                                    write(json, event);
                                }
                                json.writeEndArray();
                                json.writeEndObject();
                            });
                });
    }

    private void act(RoutingContext context) {
        UUID id = id(context);
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), Deed.class),
                deed -> {
                    Principal principal = principal(context);
                    Lifecycle.Wish wish = wish(deed);
                    Answers.whenDone(
                            context,
                            blocking.call(() -> {
                                boolean done = act(principal, id, wish);
                                Optional<SelectAlerts.Shown> shown =
                                        alerts.find(principal.organisationId(), id);
                                if (shown.isPresent() && !done) {
                                    throw Problem.of(
                                            409,
                                            "action: %s (expected: one that fits an alert that is %s)"
                                                    .formatted(
                                                            label(wish.action()),
                                                            label(shown.get().alert().state())));
                                }
                                return shown;
                            }),
                            found -> {
                                SelectAlerts.Shown shown = found.orElseThrow(AlertHandler::nobodys);
                                Answers.json(
                                        context,
                                        200,
                                        json -> {
                                            json.writeStartObject();
                                            write(json, shown);
                                            json.writeEndObject();
                                        });
                            });
                });
    }

    private void bulk(RoutingContext context) {
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), Deeds.class),
                deeds -> {
                    Principal principal = principal(context);
                    Lifecycle.Wish wish = wish(deeds.each());
                    List<String> ids = deeds.ids == null ? List.of() : deeds.ids;
                    if (ids.isEmpty() || ids.size() > MOST_AT_ONCE) {
                        throw Problem.badRequest(
                                "ids: %d of them (expected: 1 to %d)"
                                        .formatted(ids.size(), MOST_AT_ONCE));
                    }
                    Answers.whenDone(
                            context,
                            blocking.call(() -> {
                                List<String> done = new ArrayList<>();
                                for (String id : ids) {
                                    Optional<UUID> alert = uuid(id);
                                    if (alert.isPresent() && act(principal, alert.get(), wish)) {
                                        done.add(id);
                                    }
                                }
                                return done;
                            }),
                            done ->
                                    Answers.json(
                                            context,
                                            200,
                                            json -> {
                                                json.writeStartObject();
                                                json.writeNumberField("changed", done.size());
                                                json.writeArrayFieldStart("ids");
                                                for (String id : done) {
                                                    json.writeString(id);
                                                }
                                                json.writeEndArray();
                                                json.writeEndObject();
                                            }));
                });
    }

    /** Returns whether there was such an alert, and it made sense for it. */
    private boolean act(Principal principal, UUID id, Lifecycle.Wish wish) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        String by = principal.subject();
        boolean done =
                store.change(
                                principal.organisationId(),
                                id,
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

    private static AuditEntry entry(
            AlertRecord alert, Lifecycle.Wish wish, String by, Instant now) {
        return AuditEntry.of(
                alert.organisationId(),
                now,
                by,
                "alert." + label(wish.action()),
                alert.id().toString(),
                wish.note().isEmpty() ? Map.of() : Map.of("note", wish.note()));
    }

    private Lifecycle.Wish wish(Deed deed) {
        Lifecycle.Action action =
                Arrays.stream(Lifecycle.Action.values())
                        .filter(each -> label(each).equals(deed.action))
                        .findFirst()
                        .orElseThrow(() ->
                                Problem.badRequest(
                                        "action: missing or unknown (expected: one of "
                                                + labels(Lifecycle.Action.class)
                                                + ")"));
        String note = Objects.requireNonNullElse(deed.note, "").strip();
        if (note.length() > MAX_NOTE_CHARACTERS
                || note.codePoints()
                        .anyMatch(point -> point != '\n' && Texts.isUnstorable(point))) {
            throw Problem.badRequest("note: not usable (expected: at most 2000 characters)");
        }
        if (action == Lifecycle.Action.NOTE && note.isEmpty()) {
            throw Problem.badRequest("note: empty (expected: 1 to 2000 characters)");
        }
        long seconds =
                Texts.number(
                        "snoozeSeconds",
                        deed.snoozeSeconds,
                        DEFAULT_SNOOZE_SECONDS,
                        60,
                        LONGEST_SNOOZE_SECONDS);
        Instant until =
                action == Lifecycle.Action.SNOOZE
                        ? clock.instant().plusSeconds(seconds).truncatedTo(ChronoUnit.MILLIS)
                        : null;
        return new Lifecycle.Wish(action, until, note);
    }

    static void write(JsonGenerator json, SelectAlerts.Shown shown) throws IOException {
        AlertRecord alert = shown.alert();
        AlertRecord.Marks marks = alert.marks();
        json.writeStringField("id", alert.id().toString());
        json.writeStringField("state", label(alert.state()));
        json.writeStringField("severity", label(Severity.values()[alert.severity()]));
        json.writeNumberField("ruleId", alert.ruleId());
        json.writeStringField("rule", shown.rule());
        json.writeStringField("kind", alert.kind());
        Fields.text(json, "serverId", shown.instanceId());
        json.writeStringField("subject", alert.subject().name());
        json.writeStringField("tag", alert.subject().tag());
        json.writeObjectFieldStart("labels");
        for (Map.Entry<String, String> label : alert.subject().labels().entrySet()) {
            json.writeStringField(label.getKey(), label.getValue());
        }
        json.writeEndObject();
        json.writeStringField("message", alert.summary());
        json.writeFieldName("evidence");
        json.writeRawValue(alert.evidence());
        Fields.time(json, "since", alert.pendingSince());
        Fields.time(json, "firingSince", alert.firingSince());
        Fields.time(json, "lastTrueAt", alert.lastTrueAt());
        Fields.time(json, "resolvedAt", alert.resolvedAt());
        json.writeBooleanField("acknowledged", alert.isAcknowledged());
        Fields.text(json, "acknowledgedBy", marks.acknowledgedBy());
        Fields.time(json, "acknowledgedAt", marks.acknowledgedAt());
        Fields.time(json, "snoozedUntil", marks.snoozedUntil());
        Fields.text(json, "silenced", marks.silencedBy() == null ? null : shown.silence());
        Fields.text(json, "inhibited", marks.inhibitedBy() == null ? null : shown.inhibition());
        json.writeBooleanField("flapping", marks.flapping());
        json.writeBooleanField("platformDegraded", marks.degraded());
        json.writeBooleanField("noData", alert.timing().noData() != AlertRecord.Timing.NEVER);
        Fields.text(json, "groupId", alert.group().map(UUID::toString).orElse(null));
    }

    private static void write(JsonGenerator json, AlertEvent event) throws IOException {
        json.writeStartObject();
        Fields.time(json, "at", event.at());
        json.writeStringField("event", label(event.change()));
        Fields.text(json, "by", event.by());
        json.writeStringField("note", event.note());
        json.writeEndObject();
    }

    private static void writeCounts(JsonGenerator json, List<SelectAlerts.Counts> counts)
            throws IOException {
        json.writeObjectFieldStart("counts");
        for (Severity severity : Severity.values()) {
            SelectAlerts.Counts found =
                    counts.stream()
                            .filter(one -> one.severity() == severity.ordinal())
                            .findFirst()
                            .orElse(new SelectAlerts.Counts(severity.ordinal(), 0, 0, 0));
            json.writeObjectFieldStart(label(severity));
            json.writeNumberField("pending", found.pending());
            json.writeNumberField("firing", found.firing());
            json.writeNumberField("acknowledged", found.acknowledged());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static <E extends Enum<E>> Optional<E> word(
            MultiMap query, String name, Class<E> type) {
        String value = query.get(name);
        if (value == null) {
            return Optional.empty();
        }
        return Optional.of(
                Arrays.stream(type.getEnumConstants())
                        .filter(each -> label(each).equals(value))
                        .findFirst()
                        .orElseThrow(() ->
                                Problem.badRequest(
                                        name
                                                + ": unknown (expected: one of "
                                                + labels(type)
                                                + ")")));
    }

    private static @Nullable Boolean yesOrNo(MultiMap query, String name) {
        String value = query.get(name);
        if (value == null) {
            return null;
        }
        if (!value.equals("true") && !value.equals("false")) {
            throw Problem.badRequest(name + ": unknown (expected: true or false)");
        }
        return value.equals("true");
    }

    private static @Nullable String text(MultiMap query, String name) {
        String value = query.get(name);
        if (value != null && (value.length() > 128 || value.indexOf('\0') >= 0)) {
            throw Problem.badRequest(name + ": not usable (expected: at most 128 characters)");
        }
        return value;
    }

    private static int number(MultiMap query, String name, int byDefault, int least, int most) {
        String value = query.get(name);
        if (value == null) {
            return byDefault;
        }
        if (value.matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw Problem.badRequest(
                name + ": out of bounds (expected: " + least + " to " + most + ")");
    }

    private static UUID group(String text) {
        return uuid(text)
                .orElseThrow(
                        () -> Problem.badRequest("group: unknown (expected: groupId of an alert)"));
    }

    private static Optional<UUID> uuid(@Nullable String text) {
        return text != null && text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
                ? Optional.of(UUID.fromString(text))
                : Optional.empty();
    }

    private static UUID id(RoutingContext context) {
        return Inputs.id(context).orElseThrow(AlertHandler::nobodys);
    }

    private static Problem nobodys() {
        return Problem.notFound("no alert of this organisation has this id");
    }

    private static String label(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }

    private static String labels(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(AlertHandler::label)
                .collect(Collectors.joining(", "));
    }

    private static Principal principal(RoutingContext context) {
        return Caller.of(context).principal();
    }
}
