package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.Collision;
import dev.wolverine.db.model.EnrolmentToken;
import dev.wolverine.db.model.KeyRecord;
import dev.wolverine.db.model.PairingWindow;
import dev.wolverine.db.model.PendingEnrolment;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.EnrolmentStore;
import dev.wolverine.db.postgres.PairingStore;
import dev.wolverine.db.postgres.SelectCollisions;
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
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How instances are let in: enrolment URLs, the pairing window, and ids that several share. */
public final class EnrolmentHandler {

    private static final String TOKENS = "/api/v1/enrolment/tokens";
    private static final String WINDOW = "/api/v1/enrolment/window";
    private static final String PENDING = "/api/v1/enrolment/pending";

    private static final long DEFAULT_LIFE_SECONDS = Duration.ofDays(7).toSeconds();
    private static final long SHORTEST_LIFE_SECONDS = 60;
    private static final long LONGEST_LIFE_SECONDS = Duration.ofDays(365).toSeconds();
    private static final int DEFAULT_INSTANCES = 100;
    private static final int MOST_INSTANCES = 100_000;
    private static final int DEFAULT_MINUTES = 10;
    private static final int MOST_MINUTES = 60;

    private final EnrolmentStore enrolment;
    private final PairingStore pairing;
    private final SelectCollisions collisions;
    private final BlockingCalls blocking;
    private final SecureRandom random;
    private final Clock clock;

    public EnrolmentHandler(
            EnrolmentStore enrolment,
            PairingStore pairing,
            SelectCollisions collisions,
            BlockingCalls blocking,
            SecureRandom random,
            Clock clock) {
        this.enrolment = enrolment;
        this.pairing = pairing;
        this.collisions = collisions;
        this.blocking = blocking;
        this.random = random;
        this.clock = clock;
    }

    public List<Endpoint> endpoints() {
        Access access = Access.MANAGE_KEYS;
        return List.of(
                new Endpoint(HttpMethod.GET, TOKENS, access, this::tokens),
                new Endpoint(HttpMethod.POST, TOKENS, access, this::createToken),
                new Endpoint(HttpMethod.GET, WINDOW, access, this::window),
                new Endpoint(HttpMethod.POST, WINDOW, access, this::openWindow),
                new Endpoint(HttpMethod.DELETE, WINDOW, access, this::closeWindow),
                new Endpoint(HttpMethod.GET, PENDING, access, this::pending),
                new Endpoint(
                        HttpMethod.POST,
                        PENDING + "/:id/approve",
                        access,
                        context -> decide(context, true)),
                new Endpoint(
                        HttpMethod.POST,
                        PENDING + "/:id/reject",
                        access,
                        context -> decide(context, false)),
                new Endpoint(HttpMethod.GET, "/api/v1/collisions", access, this::collisions));
    }

    private void tokens(RoutingContext context) {
        UUID organisation = principal(context).organisationId();
        Answers.whenDone(
                context,
                blocking.call(() -> enrolment.tokens(organisation)),
                found ->
                        Answers.json(
                                context,
                                200,
                                json -> {
                                    json.writeStartObject();
                                    json.writeArrayFieldStart("tokens");
                                    for (EnrolmentToken token : found) {
                                        json.writeStartObject();
                                        writeToken(json, token);
                                        json.writeEndObject();
                                    }
                                    json.writeEndArray();
                                    json.writeEndObject();
                                }));
    }

    private void createToken(RoutingContext context) {
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), NewToken.class),
                wish -> {
                    Principal principal = principal(context);
                    Instant now = now();
                    int maxInstances =
                            (int)
                                    Texts.number(
                                            "maxInstances",
                                            wish.maxInstances,
                                            DEFAULT_INSTANCES,
                                            1,
                                            MOST_INSTANCES);
                    long life =
                            Texts.number(
                                    "expiresInSeconds",
                                    wish.expiresInSeconds,
                                    DEFAULT_LIFE_SECONDS,
                                    SHORTEST_LIFE_SECONDS,
                                    LONGEST_LIFE_SECONDS);
                    ApiKey key = ApiKey.generate(ApiKey.Kind.ENROLMENT, random);
                    KeyRecord record =
                            KeyRecord.made(
                                    key,
                                    principal.organisationId(),
                                    Role.INGEST,
                                    Texts.name("name", wish.name),
                                    null,
                                    now,
                                    principal.subject(),
                                    now.plusSeconds(life));
                    Answers.whenDone(
                            context,
                            blocking.call(() -> {
                                enrolment.insertToken(record, maxInstances);
                                return new EnrolmentToken(record, maxInstances, 0);
                            }),
                            created -> answerCreated(context, key, created));
                });
    }

    private static void answerCreated(RoutingContext context, ApiKey key, EnrolmentToken token) {
        Answers.json(
                context,
                201,
                json -> {
                    json.writeStartObject();
                    json.writeStringField("path", EnrolmentUrl.path(key.text()));
                    writeToken(json, token);
                    json.writeEndObject();
                });
    }

    private void window(RoutingContext context) {
        UUID organisation = principal(context).organisationId();
        Instant now = now();
        Answers.whenDone(
                context,
                blocking.call(() -> pairing.window(organisation, now)),
                found -> answerWindow(context, found));
    }

    private void openWindow(RoutingContext context) {
        Answers.whenDone(
                context,
                RequestBody.optionalJson(context.request(), NewWindow.class),
                wish -> {
                    long minutes =
                            Texts.number(
                                    "minutes",
                                    wish.map(NewWindow::minutes).orElse(null),
                                    DEFAULT_MINUTES,
                                    1,
                                    MOST_MINUTES);
                    Principal principal = principal(context);
                    Instant now = now();
                    Instant closesAt = now.plus(Duration.ofMinutes(minutes));
                    Answers.whenDone(
                            context,
                            blocking.call(() ->
                                    pairing.open(
                                            principal.organisationId(),
                                            now,
                                            closesAt,
                                            principal.subject())),
                            opened -> {
                                if (!opened) {
                                    throw Problem.of(
                                            409,
                                            "another pairing window is open on this platform"
                                                    + " (expected: one at a time)");
                                }
                                answerWindow(
                                        context,
                                        Optional.of(
                                                new PairingWindow(
                                                        now, principal.subject(), closesAt)));
                            });
                });
    }

    private void closeWindow(RoutingContext context) {
        Principal principal = principal(context);
        Answers.whenDone(
                context,
                blocking.call(() ->
                        pairing.close(principal.organisationId(), now(), principal.subject())),
                closed -> {
                    if (!closed) {
                        throw Problem.notFound("no pairing window is open");
                    }
                    Answers.nothing(context);
                });
    }

    private void pending(RoutingContext context) {
        UUID organisation = principal(context).organisationId();
        Answers.whenDone(
                context,
                blocking.call(() -> pairing.pending(organisation)),
                found ->
                        Answers.json(
                                context,
                                200,
                                json -> {
                                    json.writeStartObject();
                                    json.writeArrayFieldStart("pending");
                                    for (PendingEnrolment pending : found) {
                                        write(json, pending);
                                    }
                                    json.writeEndArray();
                                    json.writeEndObject();
                                }));
    }

    private void decide(RoutingContext context, boolean approved) {
        Principal principal = principal(context);
        UUID id = id(Endpoint.parameter(context, "id"));
        Answers.whenDone(
                context,
                blocking.call(() ->
                        pairing.decide(
                                principal.organisationId(),
                                id,
                                approved,
                                now(),
                                principal.subject())),
                decided -> {
                    if (!decided) {
                        throw nobodyWaits();
                    }
                    Answers.nothing(context);
                });
    }

    private void collisions(RoutingContext context) {
        UUID organisation = principal(context).organisationId();
        Answers.whenDone(
                context,
                blocking.call(() -> collisions.of(organisation)),
                found ->
                        Answers.json(
                                context,
                                200,
                                json -> {
                                    json.writeStartObject();
                                    json.writeArrayFieldStart("collisions");
                                    for (Collision collision : found) {
                                        write(json, collision);
                                    }
                                    json.writeEndArray();
                                    json.writeEndObject();
                                }));
    }

    /** Text that is no id is an id that nobody has. */
    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw nobodyWaits();
        }
    }

    private static Problem nobodyWaits() {
        return Problem.notFound("nobody in this organisation waits under this id");
    }

    private static void answerWindow(RoutingContext context, Optional<PairingWindow> window) {
        Answers.json(
                context,
                200,
                json -> {
                    json.writeStartObject();
                    json.writeBooleanField("open", window.isPresent());
                    Fields.time(json, "openedAt", window.map(PairingWindow::openedAt).orElse(null));
                    Fields.text(json, "openedBy", window.map(PairingWindow::openedBy).orElse(null));
                    Fields.time(json, "closesAt", window.map(PairingWindow::closesAt).orElse(null));
                    json.writeEndObject();
                });
    }

    private static void writeToken(JsonGenerator json, EnrolmentToken token) throws IOException {
        KeyRecord key = token.key();
        json.writeStringField("id", key.id());
        json.writeStringField("name", key.name());
        json.writeStringField("lastFour", key.lastFour());
        json.writeNumberField("maxInstances", token.maxInstances());
        json.writeNumberField("instances", token.instances());
        Fields.time(json, "createdAt", key.createdAt());
        json.writeStringField("createdBy", key.createdBy());
        Fields.time(json, "lastUsedAt", key.lastUsedAt());
        Fields.time(json, "expiresAt", key.expiresAt());
        Fields.time(json, "revokedAt", key.revokedAt());
    }

    private static void write(JsonGenerator json, PendingEnrolment pending) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", pending.id().toString());
        json.writeStringField("instanceId", pending.instanceId());
        Fields.text(json, "name", pending.name());
        json.writeStringField("address", pending.address());
        Fields.time(json, "firstSeen", pending.firstSeen());
        Fields.time(json, "lastSeen", pending.lastSeen());
        json.writeNumberField("tries", pending.tries());
        Boolean approved = pending.approved();
        json.writeStringField(
                "state", approved == null ? "pending" : approved ? "approved" : "rejected");
        Fields.time(json, "knownSince", pending.knownSince());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Collision collision) throws IOException {
        json.writeStartObject();
        json.writeStringField("instanceId", collision.instanceId());
        Fields.text(json, "name", collision.name());
        json.writeNumberField("runners", collision.runners());
        Fields.time(json, "lastSeen", collision.lastSeen());
        json.writeArrayFieldStart("keyIds");
        for (String id : collision.keyIds()) {
            json.writeString(id);
        }
        json.writeEndArray();
        json.writeStringField(
                "wayOut",
                collision.keyIds().size() > 1
                        ? "bind one of the keys to an instance id of its own: POST"
                                + " /api/v1/keys/{id}/split"
                        : "give each runner a WOLVERINE_INSTANCE_ID of its own, or a key that is"
                                + " bound to one");
        json.writeEndObject();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private static Principal principal(RoutingContext context) {
        return Caller.of(context).principal();
    }

    private record NewToken(
            @Nullable String name, @Nullable Long maxInstances, @Nullable Long expiresInSeconds) {}

    private record NewWindow(@Nullable Long minutes) {}
}
