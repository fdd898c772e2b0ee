package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.notify.ChannelRules;
import dev.wolverine.alerts.notify.ChannelTrial;
import dev.wolverine.alerts.notify.ChannelVault;
import dev.wolverine.alerts.notify.ChannelWish;
import dev.wolverine.alerts.notify.SecretBox;
import dev.wolverine.alerts.notify.Target;
import dev.wolverine.db.model.ChannelKind;
import dev.wolverine.db.model.ChannelRecord;
import dev.wolverine.db.model.DeliveryTry;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.postgres.ChannelStore;
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
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks after where people are told: channels, and whether they work. */
public final class ChannelHandler {

    private static final String CHANNELS = "/api/v1/channels";
    private static final String CHANNEL = CHANNELS + "/:id";

    private static final int MAX_NAME_CHARACTERS = 100;

    /** Each may take as long as a receiver can keep it waiting. */
    private static final int TESTS_AT_A_TIME = 8;

    private final ChannelStore channels;
    private final ChannelRules rules;
    private final ChannelVault vault;
    private final ChannelTrial trial;
    private final BlockingCalls blocking;
    private final Clock clock;
    private final Semaphore tests = new Semaphore(TESTS_AT_A_TIME);

    public ChannelHandler(
            ChannelStore channels,
            ChannelRules rules,
            ChannelVault vault,
            ChannelTrial trial,
            BlockingCalls blocking,
            Clock clock) {
        this.channels = channels;
        this.rules = rules;
        this.vault = vault;
        this.trial = trial;
        this.blocking = blocking;
        this.clock = clock;
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(HttpMethod.GET, CHANNELS, Access.OPERATE, this::list),
                new Endpoint(HttpMethod.POST, CHANNELS, Access.MANAGE_KEYS, this::create),
                new Endpoint(HttpMethod.GET, CHANNEL, Access.OPERATE, this::get),
                new Endpoint(HttpMethod.PATCH, CHANNEL, Access.MANAGE_KEYS, this::change),
                new Endpoint(HttpMethod.DELETE, CHANNEL, Access.MANAGE_KEYS, this::delete),
                new Endpoint(HttpMethod.POST, CHANNEL + "/test", Access.OPERATE, this::test));
    }

    private void list(RoutingContext context) {
        UUID organisation = by(context).organisationId();
        Answers.whenDone(
                context,
                blocking.call(() -> channels.list(organisation)),
                found ->
                        Answers.json(
                                context,
                                200,
                                json -> {
                                    json.writeStartObject();
                                    json.writeArrayFieldStart("channels");
                                    for (ChannelRecord channel : found) {
                                        write(json, channel, null);
                                    }
                                    json.writeEndArray();
                                    json.writeEndObject();
                                }));
    }

    private void get(RoutingContext context) {
        UUID organisation = by(context).organisationId();
        UUID id = id(context);
        Answers.whenDone(
                context,
                blocking.call(() -> find(organisation, id)),
                found -> Answers.json(context, 200, json -> write(json, found, null)));
    }

    private void create(RoutingContext context) {
        Principal by = by(context);
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), NewChannel.class),
                wish -> {
                    ChannelKind kind = kind(wish.kind);
                    ChannelWish settings =
                            wish.settings == null ? ChannelWish.nothing() : wish.settings;
                    Target target = target(kind, settings, null);
                    UUID id = UUID.randomUUID();
                    ChannelRecord channel =
                            new ChannelRecord(
                                    id,
                                    by.organisationId(),
                                    name(wish.name),
                                    kind,
                                    vault.shown(target),
                                    vault.seal(id, target),
                                    severity(wish.minSeverity, Severity.INFO.ordinal()),
                                    !Boolean.FALSE.equals(wish.enabled),
                                    null,
                                    now(),
                                    by.subject());
                    Answers.whenDone(
                            context,
                            blocking.call(() -> checked(channels.insert(channel))),
                            _ ->
                                    Answers.json(
                                            context,
                                            201,
                                            json ->
                                                    write(
                                                            json,
                                                            channel,
                                                            newSecret(settings, target))));
                });
    }

    private void change(RoutingContext context) {
        Principal by = by(context);
        UUID id = id(context);
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), ChangedChannel.class),
                wish ->
                        Answers.whenDone(
                                context,
                                blocking.call(() -> {
                                    checked(
                                            channels.update(
                                                    by.organisationId(),
                                                    id,
                                                    channel -> changed(channel, wish),
                                                    now(),
                                                    by.subject()));
                                    return find(by.organisationId(), id);
                                }),
                                found ->
                                        Answers.json(
                                                context, 200, json -> write(json, found, null))));
    }

    private void delete(RoutingContext context) {
        Principal by = by(context);
        UUID id = id(context);
        Answers.whenDone(
                context,
                blocking.call(() -> channels.delete(by.organisationId(), id, now(), by.subject())),
                deleted -> {
                    if (!deleted) {
                        throw unknown();
                    }
                    Answers.nothing(context);
                });
    }

    private void test(RoutingContext context) {
        Principal by = by(context);
        UUID id = id(context);
        if (!tests.tryAcquire()) {
            throw Problem.unavailable("too many tests at once; try again");
        }
        Answers.whenDone(
                context,
                blocking.call(() -> trial.run(find(by.organisationId(), id), by.subject()))
                        .whenComplete((_, _) -> tests.release()),
                tried -> Answers.json(context, 200, json -> write(json, tried)));
    }

    private ChannelRecord changed(ChannelRecord channel, ChangedChannel wish) {
        String settings = channel.settings();
        byte[] secret = channel.secret();
        if (wish.settings != null) {
            Target target = target(channel.kind(), wish.settings, opened(channel));
            settings = vault.shown(target);
            secret = vault.seal(channel.id(), target);
        }
        boolean enabled = wish.enabled == null ? channel.enabled() : wish.enabled;
        return new ChannelRecord(
                channel.id(),
                channel.organisationId(),
                wish.name == null ? channel.name() : name(wish.name),
                channel.kind(),
                settings,
                secret,
                severity(wish.minSeverity, channel.minSeverity()),
                enabled,
                enabled ? null : channel.disabledBecause(),
                channel.createdAt(),
                channel.createdBy());
    }

    private Target target(ChannelKind kind, ChannelWish wish, @Nullable Target before) {
        try {
            return rules.target(kind, wish, before);
        } catch (ChannelRules.Refused e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    /** One that cannot be opened any more can be set anew, whole. */
    private @Nullable Target opened(ChannelRecord channel) {
        try {
            return vault.open(channel);
        } catch (SecretBox.Unopenable e) {
            return null;
        }
    }

    private ChannelRecord find(UUID organisation, UUID id) {
        return channels.find(organisation, id).orElseThrow(ChannelHandler::unknown);
    }

    private static boolean checked(ChannelStore.Change change) {
        return switch (change) {
            case DONE -> true;
            case UNKNOWN -> throw unknown();
            case TAKEN ->
                    throw Problem.of(
                            409,
                            "name: in use, or too many channels (expected: another name, at most "
                                    + ChannelStore.MOST_OF_ORGANISATION
                                    + " channels)");
        };
    }

    /** Shown once, to who let us make it. */
    private static @Nullable String newSecret(ChannelWish wish, Target target) {
        return target instanceof Target.Webhook webhook && wish.secret() == null
                ? webhook.secrets().getFirst().reveal()
                : null;
    }

    private static String name(@Nullable String name) {
        String text = Texts.name("name", name);
        if (text.length() > MAX_NAME_CHARACTERS) {
            throw Problem.badRequest("name: not usable (expected: 1 to 100 characters)");
        }
        return text;
    }

    private static ChannelKind kind(@Nullable String kind) {
        return ChannelKind.ofLabel(kind == null ? "" : kind)
                .orElseThrow(() ->
                        Problem.badRequest(
                                "kind: "
                                        + (kind == null ? "missing" : "unknown")
                                        + " (expected: one of "
                                        + Arrays.stream(ChannelKind.values())
                                                .map(ChannelKind::label)
                                                .collect(Collectors.joining(", "))
                                        + ")"));
    }

    private static int severity(@Nullable String severity, int otherwise) {
        if (severity == null) {
            return otherwise;
        }
        return Arrays.stream(Severity.values())
                .filter(one -> label(one).equals(severity))
                .findFirst()
                .orElseThrow(() ->
                        Problem.badRequest(
                                "minSeverity: unknown (expected: info, warning, error or"
                                        + " critical)"))
                .ordinal();
    }

    private static String label(Severity severity) {
        return severity.name().toLowerCase(Locale.ROOT);
    }

    private static void write(JsonGenerator json, ChannelRecord channel, @Nullable String secret)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("id", channel.id().toString());
        json.writeStringField("name", channel.name());
        json.writeStringField("kind", channel.kind().label());
        json.writeStringField("minSeverity", label(Severity.values()[channel.minSeverity()]));
        json.writeBooleanField("enabled", channel.enabled());
        Fields.text(json, "disabledBecause", channel.disabledBecause());
        json.writeFieldName("settings");
        json.writeRawValue(channel.settings());
        Fields.time(json, "createdAt", channel.createdAt());
        json.writeStringField("createdBy", channel.createdBy());
        if (secret != null) {
            json.writeStringField("secret", secret);
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, DeliveryTry tried) throws IOException {
        json.writeStartObject();
        DeliveryHandler.writeFields(json, tried);
        json.writeEndObject();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    static UUID id(RoutingContext context) {
        return Inputs.id(context).orElseThrow(ChannelHandler::unknown);
    }

    static Problem unknown() {
        return Problem.notFound("no such channel in this organisation");
    }

    private static Principal by(RoutingContext context) {
        return Caller.of(context).principal();
    }

    private record NewChannel(
            @Nullable String name,
            @Nullable String kind,
            @Nullable String minSeverity,
            @Nullable Boolean enabled,
            @Nullable ChannelWish settings) {}

    private record ChangedChannel(
            @Nullable String name,
            @Nullable String minSeverity,
            @Nullable Boolean enabled,
            @Nullable ChannelWish settings) {}
}
