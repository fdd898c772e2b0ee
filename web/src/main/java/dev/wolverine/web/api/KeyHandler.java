package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.KeyChange;
import dev.wolverine.db.model.KeyRecord;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.KeyStore;
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
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lists, makes, follows up and ends the organisation's API keys. */
public final class KeyHandler {

    private static final Map<String, Role> ROLES =
            Map.of(
                    "ingest", Role.INGEST,
                    "viewer", Role.VIEWER,
                    "operator", Role.OPERATOR,
                    "admin", Role.ADMIN);

    private static final int MAX_INSTANCE_CHARACTERS = 128;

    private static final long SHORTEST_LIFE_SECONDS = 60;
    private static final long LONGEST_LIFE_SECONDS = Duration.ofDays(3_650).toSeconds();
    private static final long DEFAULT_OVERLAP_SECONDS = Duration.ofDays(1).toSeconds();

    /** Other processes hear of an earlier end of a key within 30 seconds. */
    private static final long SHORTEST_OVERLAP_SECONDS = 60;

    private static final long LONGEST_OVERLAP_SECONDS = Duration.ofDays(7).toSeconds();

    private final KeyStore keys;
    private final Consumer<String> forget;
    private final Consumer<KeyChange> changed;
    private final BlockingCalls blocking;
    private final SecureRandom random;
    private final Clock clock;

    /**
     * @param forget drops a key id from the cache of proved keys, as {@code
     *     KeyAuthenticator.forget} does
     * @param changed makes a change of a key known everywhere; may block
     */
    public KeyHandler(
            KeyStore keys,
            Consumer<String> forget,
            Consumer<KeyChange> changed,
            BlockingCalls blocking,
            SecureRandom random,
            Clock clock) {
        this.keys = keys;
        this.forget = forget;
        this.changed = changed;
        this.blocking = blocking;
        this.random = random;
        this.clock = clock;
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(HttpMethod.GET, "/api/v1/keys", Access.MANAGE_KEYS, this::list),
                new Endpoint(HttpMethod.POST, "/api/v1/keys", Access.MANAGE_KEYS, this::create),
                new Endpoint(
                        HttpMethod.DELETE, "/api/v1/keys/:id", Access.MANAGE_KEYS, this::revoke),
                new Endpoint(
                        HttpMethod.POST,
                        "/api/v1/keys/:id/rotate",
                        Access.MANAGE_KEYS,
                        this::rotate),
                new Endpoint(
                        HttpMethod.POST,
                        "/api/v1/keys/:id/split",
                        Access.MANAGE_KEYS,
                        this::split));
    }

    private void list(RoutingContext context) {
        Principal principal = Caller.of(context).principal();
        Answers.whenDone(
                context,
                blocking.call(() -> keys.list(principal.organisationId())),
                found ->
                        Answers.json(
                                context,
                                200,
                                json -> {
                                    json.writeStartObject();
                                    json.writeArrayFieldStart("keys");
                                    for (KeyRecord key : found) {
                                        json.writeStartObject();
                                        writeFields(json, key);
                                        json.writeEndObject();
                                    }
                                    json.writeEndArray();
                                    json.writeEndObject();
                                }));
    }

    private void create(RoutingContext context) {
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), NewKey.class),
                wish -> {
                    Role role = role(wish);
                    String name = Texts.name("name", wish.name);
                    String instanceId = instanceId(wish, role);
                    Instant now = now();
                    ApiKey key =
                            ApiKey.generate(
                                    instanceId == null
                                            ? ApiKey.Kind.ORGANISATION
                                            : ApiKey.Kind.INSTANCE,
                                    random);
                    Principal principal = Caller.of(context).principal();
                    KeyRecord record =
                            KeyRecord.made(
                                    key,
                                    principal.organisationId(),
                                    role,
                                    name,
                                    instanceId,
                                    now,
                                    principal.subject(),
                                    expiry(wish, now));
                    Answers.whenDone(
                            context,
                            blocking.call(() -> {
                                keys.insert(record);
                                return record;
                            }),
                            created -> answerCreated(context, key, created));
                });
    }

    private void revoke(RoutingContext context) {
        String id = Endpoint.parameter(context, "id");
        Principal principal = Caller.of(context).principal();
        UUID organisation = principal.organisationId();
        Answers.whenDone(
                context,
                blocking.call(() -> {
                    boolean revoked = keys.revoke(organisation, id, now(), principal.subject());
                    if (revoked) {
                        changed.accept(KeyChange.ended(organisation, id));
                    }
                    return revoked;
                }),
                revoked -> {
                    if (!revoked) {
                        throw noSuchKey();
                    }
                    Answers.nothing(context);
                });
    }

    private void rotate(RoutingContext context) {
        Answers.whenDone(
                context,
                RequestBody.optionalJson(context.request(), Rotation.class),
                wish -> {
                    Duration overlap = overlap(wish.map(Rotation::overlapSeconds).orElse(null));
                    String id = Endpoint.parameter(context, "id");
                    Principal principal = Caller.of(context).principal();
                    AtomicReference<ApiKey> fresh = new AtomicReference<>();
                    Answers.whenDone(
                            context,
                            blocking.call(() -> rotate(principal, id, overlap, fresh)),
                            next ->
                                    answerCreated(
                                            context,
                                            fresh.get(),
                                            next.orElseThrow(KeyHandler::noSuchKey)));
                });
    }

    private Optional<KeyRecord> rotate(
            Principal principal, String id, Duration overlap, AtomicReference<ApiKey> fresh) {
        UUID organisation = principal.organisationId();
        Optional<KeyRecord> next =
                keys.rotate(
                        organisation,
                        id,
                        kind -> {
                            ApiKey key = ApiKey.generate(kind, random);
                            fresh.set(key);
                            return key;
                        },
                        overlap,
                        now(),
                        principal.subject());
        if (next.isPresent() && overlap.isZero()) {
            changed.accept(KeyChange.ended(organisation, id));
        } else {
            forget.accept(id);
        }
        return next;
    }

    private void split(RoutingContext context) {
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), Split.class),
                wish -> {
                    String id = Endpoint.parameter(context, "id");
                    String instanceId = checked(wish.instanceId);
                    Principal principal = Caller.of(context).principal();
                    Answers.whenDone(
                            context,
                            blocking.call(() -> split(principal, id, instanceId)),
                            result -> {
                                switch (result) {
                                    case DONE -> Answers.nothing(context);
                                    case NO_SUCH_KEY ->
                                            throw Problem.notFound(
                                                    "no such live key of one instance in this"
                                                            + " organisation");
                                    case TAKEN ->
                                            throw Problem.of(
                                                    409,
                                                    "instanceId: in use (expected: one that no"
                                                            + " server and no key has)");
                                }
                            });
                });
    }

    private KeyStore.Rebinding split(Principal principal, String id, String instanceId) {
        UUID organisation = principal.organisationId();
        KeyStore.Rebinding result =
                keys.rebind(organisation, id, instanceId, now(), principal.subject());
        if (result == KeyStore.Rebinding.DONE) {
            changed.accept(KeyChange.rebound(organisation, id));
        }
        return result;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private static Problem noSuchKey() {
        return Problem.notFound("no such live key in this organisation");
    }

    private static @Nullable Instant expiry(NewKey wish, Instant now) {
        return wish.expiresInSeconds == null
                ? null
                : now.plusSeconds(
                        Texts.number(
                                "expiresInSeconds",
                                wish.expiresInSeconds,
                                0,
                                SHORTEST_LIFE_SECONDS,
                                LONGEST_LIFE_SECONDS));
    }

    private static Duration overlap(@Nullable Long seconds) {
        if (seconds == null) {
            return Duration.ofSeconds(DEFAULT_OVERLAP_SECONDS);
        }
        if (seconds != 0
                && (seconds < SHORTEST_OVERLAP_SECONDS || seconds > LONGEST_OVERLAP_SECONDS)) {
            throw Problem.badRequest(
                    "overlapSeconds: " + seconds + " (expected: 0, or 60 to 604800)");
        }
        return Duration.ofSeconds(seconds);
    }

    private static Role role(NewKey wish) {
        Role role = wish.role == null ? null : ROLES.get(wish.role);
        if (role == null) {
            throw Problem.badRequest(
                    "role: "
                            + (wish.role == null ? "missing" : "unknown")
                            + " (expected: ingest, viewer, operator or admin)");
        }
        return role;
    }

    private static @Nullable String instanceId(NewKey wish, Role role) {
        String instanceId = wish.instanceId;
        if (instanceId == null) {
            return null;
        }
        if (role != Role.INGEST) {
            throw Problem.badRequest(
                    "instanceId: given (expected: none with role " + role.label() + ")");
        }
        return checked(instanceId);
    }

    private static String checked(@Nullable String instanceId) {
        if (instanceId == null
                || instanceId.isBlank()
                || instanceId.length() > MAX_INSTANCE_CHARACTERS
                || instanceId.codePoints().anyMatch(Texts::isUnstorable)) {
            throw Problem.badRequest("instanceId: not usable (expected: 1 to 128 characters)");
        }
        return instanceId;
    }

    private static void answerCreated(RoutingContext context, ApiKey key, KeyRecord record) {
        Answers.json(
                context,
                201,
                json -> {
                    json.writeStartObject();
                    json.writeStringField("key", key.text());
                    writeFields(json, record);
                    json.writeEndObject();
                });
    }

    private static void writeFields(JsonGenerator json, KeyRecord key) throws IOException {
        json.writeStringField("id", key.id());
        json.writeStringField("name", key.name());
        json.writeStringField("kind", key.kind().label());
        json.writeStringField("role", key.role().label());
        Fields.text(json, "instanceId", key.instanceId());
        json.writeStringField("lastFour", key.lastFour());
        Fields.time(json, "createdAt", key.createdAt());
        json.writeStringField("createdBy", key.createdBy());
        Fields.time(json, "lastUsedAt", key.lastUsedAt());
        Fields.time(json, "expiresAt", key.expiresAt());
        Fields.time(json, "revokedAt", key.revokedAt());
        Fields.text(json, "replaces", key.replaces());
        Fields.text(json, "enrolledBy", key.enrolledBy());
    }

    private record NewKey(
            @Nullable String name,
            @Nullable String role,
            @Nullable String instanceId,
            @Nullable Long expiresInSeconds) {}

    private record Rotation(@Nullable Long overlapSeconds) {}

    private record Split(@Nullable String instanceId) {}
}
