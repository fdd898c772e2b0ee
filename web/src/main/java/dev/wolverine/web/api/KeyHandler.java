package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.KeyRecord;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.KeyStore;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.Authenticator;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.http.RequestBody;
import dev.wolverine.web.http.Revocations;
import dev.wolverine.web.json.Fields;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lists, makes and ends the organisation's API keys. */
public final class KeyHandler {

    private static final Map<String, Role> ROLES =
            Map.of(
                    "ingest", Role.INGEST,
                    "viewer", Role.VIEWER,
                    "operator", Role.OPERATOR,
                    "admin", Role.ADMIN);

    private static final int MAX_NAME_CHARACTERS = 128;

    private final KeyStore keys;
    private final Consumer<String> forget;
    private final Revocations revocations;
    private final BlockingCalls blocking;
    private final SecureRandom random;
    private final Clock clock;

    /**
     * @param forget drops a key id from the cache of proved keys, as {@code
     *     KeyAuthenticator.forget} does
     */
    public KeyHandler(
            KeyStore keys,
            Consumer<String> forget,
            Revocations revocations,
            BlockingCalls blocking,
            SecureRandom random,
            Clock clock) {
        this.keys = keys;
        this.forget = forget;
        this.revocations = revocations;
        this.blocking = blocking;
        this.random = random;
        this.clock = clock;
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(HttpMethod.GET, "/api/v1/keys", Access.MANAGE_KEYS, this::list),
                new Endpoint(HttpMethod.POST, "/api/v1/keys", Access.MANAGE_KEYS, this::create),
                new Endpoint(
                        HttpMethod.DELETE, "/api/v1/keys/:id", Access.MANAGE_KEYS, this::revoke));
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
                    String name = name(wish);
                    String instanceId = instanceId(wish, role);
                    ApiKey.Kind kind =
                            instanceId == null ? ApiKey.Kind.ORGANISATION : ApiKey.Kind.INSTANCE;
                    ApiKey key = ApiKey.generate(kind, random);
                    Principal principal = Caller.of(context).principal();
                    KeyRecord record =
                            new KeyRecord(
                                    key.id(),
                                    principal.organisationId(),
                                    kind,
                                    role,
                                    name,
                                    instanceId,
                                    key.secretHash(),
                                    key.lastFour(),
                                    clock.instant().truncatedTo(ChronoUnit.MICROS),
                                    principal.subject(),
                                    null,
                                    null,
                                    null);
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
        Answers.whenDone(
                context,
                blocking.call(() -> keys.revoke(principal.organisationId(), id, clock.instant(), principal.subject())),
                revoked -> {
                    if (!revoked) {
                        throw Problem.notFound("no such live key in this organisation");
                    }
                    forget.accept(id);
                    revocations.revoked(Authenticator.keyCredential(id));
                    Answers.nothing(context);
                });
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

    private static String name(NewKey wish) {
        String name = wish.name == null ? "" : wish.name.strip();
        if (name.isEmpty()
                || name.length() > MAX_NAME_CHARACTERS
                || name.codePoints().anyMatch(KeyHandler::isUnstorable)) {
            throw Problem.badRequest("name: not usable (expected: 1 to 128 characters)");
        }
        return name;
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
        if (instanceId.isBlank()
                || instanceId.length() > MAX_NAME_CHARACTERS
                || instanceId.codePoints().anyMatch(KeyHandler::isUnstorable)) {
            throw Problem.badRequest("instanceId: not usable (expected: 1 to 128 characters)");
        }
        return instanceId;
    }

    /** Code points: a surrogate among them is a lone one. */
    private static boolean isUnstorable(int codePoint) {
        return Character.isISOControl(codePoint)
                || (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE);
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
        json.writeStringField("role", key.role().label());
        Fields.text(json, "instanceId", key.instanceId());
        json.writeStringField("lastFour", key.lastFour());
        Fields.time(json, "createdAt", key.createdAt());
        json.writeStringField("createdBy", key.createdBy());
        Fields.time(json, "lastUsedAt", key.lastUsedAt());
        Fields.time(json, "expiresAt", key.expiresAt());
        Fields.time(json, "revokedAt", key.revokedAt());
    }

    private record NewKey(
            @Nullable String name, @Nullable String role, @Nullable String instanceId) {}
}
