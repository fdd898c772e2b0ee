package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.alerts.lifecycle.Matchers;
import dev.wolverine.db.alert.Silence;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.postgres.SelectAlerts;
import dev.wolverine.db.postgres.SilenceStore;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.http.RequestBody;
import dev.wolverine.web.json.Fields;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Silences, and maintenance windows, which are silences that were planned. */
public final class SilenceHandler {

    private static final Duration LONGEST = Duration.ofDays(366);
    private static final Duration FARTHEST = Duration.ofDays(366);
    private static final Duration SHOWN_AFTER = Duration.ofDays(7);
    private static final int MAX_REASON_CHARACTERS = 500;
    private static final int MAX_MATCHERS = 10;
    private static final int MAX_PATTERN_CHARACTERS = 128;
    private static final int MOST_LOOKED_AT = 1_000;

    private final boolean maintenance;
    private final String path;
    private final SilenceStore silences;
    private final SelectAlerts alerts;
    private final Runnable changed;
    private final BlockingCalls blocking;
    private final Clock clock;

    /**
     * @param maintenance whether it is of maintenance windows
     * @param changed wakes who judges
     */
    public SilenceHandler(
            boolean maintenance,
            SilenceStore silences,
            SelectAlerts alerts,
            Runnable changed,
            BlockingCalls blocking,
            Clock clock) {
        this.maintenance = maintenance;
        path = maintenance ? "/api/v1/maintenance" : "/api/v1/silences";
        this.silences = silences;
        this.alerts = alerts;
        this.changed = changed;
        this.blocking = blocking;
        this.clock = clock;
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(HttpMethod.GET, path, Access.READ, this::list),
                new Endpoint(HttpMethod.POST, path, Access.OPERATE, this::create),
                new Endpoint(HttpMethod.POST, path + "/preview", Access.READ, this::preview),
                new Endpoint(HttpMethod.DELETE, path + "/:id", Access.OPERATE, this::delete));
    }

    private record NewSilence(
            @Nullable Map<String, String> matchers,
            @Nullable String reason,
            @Nullable String startsAt,
            @Nullable String endsAt) {}

    private record Pattern(@Nullable Map<String, String> matchers) {}

    private void list(RoutingContext context) {
        UUID organisation = principal(context).organisationId();
        Instant now = now();
        Answers.whenDone(
                context,
                blocking.call(() ->
                        silences.list(organisation, now.minus(SHOWN_AFTER)).stream()
                                .filter(silence -> silence.maintenance() == maintenance)
                                .toList()),
                found ->
                        Answers.json(
                                context,
                                200,
                                json -> {
                                    json.writeStartObject();
                                    json.writeArrayFieldStart(
                                            maintenance ? "maintenance" : "silences");
                                    for (Silence silence : found) {
                                        write(json, silence, now);
                                    }
                                    json.writeEndArray();
                                    json.writeEndObject();
                                }));
    }

    private void create(RoutingContext context) {
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), NewSilence.class),
                wish -> {
                    Principal principal = principal(context);
                    Instant now = now();
                    Instant startsAt = time("startsAt", wish.startsAt, now);
                    Instant endsAt = time("endsAt", wish.endsAt, null);
                    if (!startsAt.isBefore(endsAt)
                            || !endsAt.isAfter(now)
                            || Duration.between(startsAt, endsAt).compareTo(LONGEST) > 0
                            || startsAt.isAfter(now.plus(FARTHEST))) {
                        throw Problem.badRequest(
                                "endsAt: %s (expected: after startsAt and now, at most a year ahead)"
                                        .formatted(endsAt));
                    }
                    Silence silence =
                            new Silence(
                                    UUID.randomUUID(),
                                    principal.organisationId(),
                                    maintenance,
                                    new TreeMap<>(matchers(wish.matchers)),
                                    reason(wish.reason),
                                    startsAt,
                                    endsAt,
                                    now,
                                    principal.subject());
                    Answers.whenDone(
                            context,
                            blocking.call(() -> {
                                silences.create(silence);
                                changed.run();
                                return silence;
                            }),
                            created ->
                                    Answers.json(context, 201, json -> write(json, created, now)));
                });
    }

    /** Which open alerts it would silence. */
    private void preview(RoutingContext context) {
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), Pattern.class),
                pattern -> {
                    UUID organisation = principal(context).organisationId();
                    Map<String, String> matchers = matchers(pattern.matchers);
                    SelectAlerts.Wanted open =
                            new SelectAlerts.Wanted(null, null, null, null, null, null);
                    Answers.whenDone(
                            context,
                            blocking.call(() ->
                                    alerts
                                            .page(organisation, open, 0, MOST_LOOKED_AT)
                                            .alerts()
                                            .stream()
                                            .filter(shown -> Matchers.match(matchers, shown))
                                            .toList()),
                            found ->
                                    Answers.json(
                                            context,
                                            200,
                                            json -> {
                                                json.writeStartObject();
                                                json.writeArrayFieldStart("alerts");
                                                for (SelectAlerts.Shown shown : found) {
                                                    json.writeStartObject();
                                                    AlertHandler.write(json, shown);
                                                    json.writeEndObject();
                                                }
                                                json.writeEndArray();
                                                json.writeNumberField("total", found.size());
                                                json.writeEndObject();
                                            }));
                });
    }

    private void delete(RoutingContext context) {
        Principal principal = principal(context);
        UUID id = Inputs.id(context).orElseThrow(SilenceHandler::nobodys);
        Answers.whenDone(
                context,
                blocking.call(() ->
                        silences.delete(
                                principal.organisationId(),
                                id,
                                maintenance,
                                principal.subject(),
                                now())),
                deleted -> {
                    if (!deleted) {
                        throw nobodys();
                    }
                    changed.run();
                    Answers.nothing(context);
                });
    }

    private static Map<String, String> matchers(@Nullable Map<String, String> written) {
        Map<String, String> matchers = Objects.requireNonNullElse(written, Map.of());
        if (matchers.isEmpty() || matchers.size() > MAX_MATCHERS) {
            throw Problem.badRequest("matchers: none or too many (expected: 1 to 10)");
        }
        matchers.forEach((name, pattern) -> {
            if (!Matchers.NAMES.contains(name)
                    && !(name.startsWith(Matchers.LABEL)
                            && name.length() <= MAX_PATTERN_CHARACTERS)) {
                throw Problem.badRequest(
                        "matchers: unknown name (expected: rule, kind, server, tag, severity or"
                                + " label. and its name)");
            }
            if (pattern == null
                    || pattern.isEmpty()
                    || pattern.length() > MAX_PATTERN_CHARACTERS
                    || pattern.codePoints().anyMatch(Texts::isUnstorable)
                    || name.codePoints().anyMatch(Texts::isUnstorable)) {
                throw Problem.badRequest("matchers: not usable (expected: 1 to 128 characters)");
            }
        });
        return matchers;
    }

    private static String reason(@Nullable String written) {
        String reason = Objects.requireNonNullElse(written, "").strip();
        if (reason.isEmpty()
                || reason.length() > MAX_REASON_CHARACTERS
                || reason.codePoints().anyMatch(Texts::isUnstorable)) {
            throw Problem.badRequest("reason: not usable (expected: 1 to 500 characters)");
        }
        return reason;
    }

    private static Instant time(
            String field, @Nullable String written, @Nullable Instant otherwise) {
        if (written == null && otherwise != null) {
            return otherwise;
        }
        try {
            Instant time =
                    OffsetDateTime.parse(Objects.requireNonNullElse(written, "")).toInstant();
            if (time.isAfter(Instant.EPOCH) && time.getEpochSecond() < 253_370_764_800L) {
                return time;
            }
        } catch (DateTimeParseException e) {
            // Said below in the same words.
        }
        throw Problem.badRequest(field + ": not a time (expected: ISO 8601 with an offset)");
    }

    private static void write(JsonGenerator json, Silence silence, Instant now) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", silence.id().toString());
        json.writeObjectFieldStart("matchers");
        for (Map.Entry<String, String> matcher : silence.matchers().entrySet()) {
            json.writeStringField(matcher.getKey(), matcher.getValue());
        }
        json.writeEndObject();
        json.writeStringField("reason", silence.reason());
        Fields.time(json, "startsAt", silence.startsAt());
        Fields.time(json, "endsAt", silence.endsAt());
        json.writeBooleanField("active", silence.isActive(now));
        Fields.time(json, "createdAt", silence.createdAt());
        json.writeStringField("createdBy", silence.createdBy());
        json.writeEndObject();
    }

    private static Problem nobodys() {
        return Problem.notFound("nothing of this organisation has this id");
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static Principal principal(RoutingContext context) {
        return Caller.of(context).principal();
    }
}
