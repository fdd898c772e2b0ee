package dev.wolverine.web.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.wolverine.db.EnrolmentResult;
import dev.wolverine.db.EnrolmentResult.Reason;
import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.KeyChange;
import dev.wolverine.db.model.Registration;
import dev.wolverine.db.postgres.EnrolmentStore;
import dev.wolverine.db.postgres.PairingStore;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Failures;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.http.RequestBody;
import dev.wolverine.web.http.TrustedProxies;
import dev.wolverine.web.json.Json;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives an instance a key of its own, if the URL's token or a person's word says so. The client
 * sends no credential with the request: whoever knows an instance id could ask for it, so that a
 * key that exists is never given out, and without a token nothing is but by approval.
 *
 * <p>The client reads `key` from the answer and nothing else, not even the status, and asks again a
 * minute later if there is none.
 */
public final class RegisterHandler {

    private static final String PATH = "/api/v1/register";
    private static final int MAX_BODY_BYTES = 16 * 1024;
    private static final int MAX_CHARACTERS = 128;
    private static final String REDACTED = "process.env.";
    private static final JsonMapper MAPPER = new JsonMapper(Json.FACTORY);

    private final EnrolmentStore enrolment;
    private final PairingStore pairing;
    private final Consumer<KeyChange> keyChanged;
    private final BlockingCalls blocking;
    private final SecureRandom random;
    private final Clock clock;
    private final MeterRegistry registry;
    private final RegistrationLimits limits = new RegistrationLimits(System::nanoTime);

    /**
     * @param keyChanged is told of keys that made room for a new one
     */
    public RegisterHandler(
            EnrolmentStore enrolment,
            PairingStore pairing,
            Consumer<KeyChange> keyChanged,
            BlockingCalls blocking,
            SecureRandom random,
            Clock clock,
            MeterRegistry registry) {
        this.enrolment = enrolment;
        this.pairing = pairing;
        this.keyChanged = keyChanged;
        this.blocking = blocking;
        this.random = random;
        this.clock = clock;
        this.registry = registry;
        Gauge.builder("wolverine.enrolment.addresses", limits, RegistrationLimits::addresses)
                .description("Addresses that registered in vain and are remembered.")
                .register(registry);
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(HttpMethod.POST, PATH, Access.PUBLIC, context -> read(context, null))
                        .forMachines(),
                new Endpoint(
                                HttpMethod.POST,
                                EnrolmentUrl.PATH + PATH,
                                Access.PUBLIC,
                                context ->
                                        read(
                                                context,
                                                Endpoint.parameter(context, EnrolmentUrl.TOKEN)))
                        .forMachines());
    }

    private void read(RoutingContext context, @Nullable String token) {
        String address = TrustedProxies.caller(context);
        Optional<Duration> wait =
                TrustedProxies.hidesCaller(context) ? Optional.empty() : limits.wait(address);
        if (wait.isPresent()) {
            count("rate_limited");
            context.response().putHeader(HttpHeaders.RETRY_AFTER, Failures.seconds(wait.get()));
            refuse(context, 429, "rate_limited", "too many tries from this address");
            return;
        }
        Answers.whenDone(
                context,
                RequestBody.read(context.request(), MAX_BODY_BYTES),
                body -> register(context, token, registration(body, address)));
    }

    private void register(
            RoutingContext context, @Nullable String token, Registration registration) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        ApiKey fresh = ApiKey.generate(ApiKey.Kind.INSTANCE, random);
        if (token == null) {
            if (TrustedProxies.hidesCaller(context)) {
                // Everybody behind the proxy has its address: an approval would be anybody's.
                answer(context, fresh, registration, new EnrolmentResult.Refused(Reason.CLOSED));
                return;
            }
            Answers.whenDone(
                    context,
                    blocking.call(() -> pairing.register(registration, fresh, now)),
                    result -> answer(context, fresh, registration, result));
            return;
        }
        Optional<ApiKey> proof =
                ApiKey.parse(token).filter(key -> key.kind() == ApiKey.Kind.ENROLMENT);
        if (proof.isEmpty()) {
            answer(context, fresh, registration, new EnrolmentResult.Refused(Reason.BAD_TOKEN));
            return;
        }
        Answers.whenDone(
                context,
                blocking.call(() -> enrolment.enrol(proof.get(), registration, fresh, now)),
                result -> answer(context, fresh, registration, result));
    }

    private void answer(
            RoutingContext context,
            ApiKey fresh,
            Registration registration,
            EnrolmentResult result) {
        switch (result) {
            case EnrolmentResult.Issued issued -> {
                count(issued.again() ? "issued_again" : "issued");
                tell(issued.ended());
                Answers.json(
                        context,
                        200,
                        json -> {
                            json.writeStartObject();
                            json.writeStringField("key", fresh.text());
                            json.writeStringField("instanceId", registration.instanceId());
                            json.writeEndObject();
                        });
            }
            case EnrolmentResult.Refused(Reason reason) -> {
                count(reason.label());
                if (!TrustedProxies.hidesCaller(context)) {
                    limits.failed(registration.address());
                }
                if (status(reason) == 429) {
                    context.response().putHeader(HttpHeaders.RETRY_AFTER, "60");
                }
                refuse(context, status(reason), reason.label(), sentence(reason));
            }
        }
    }

    /** Off the event loop: telling other processes may wait for Redis. */
    private void tell(List<KeyChange> ended) {
        if (!ended.isEmpty()) {
            var unused =
                    blocking.call(() -> {
                        ended.forEach(keyChanged);
                        return ended;
                    });
        }
    }

    private Registration registration(Buffer body, String address) {
        try {
            JsonNode sent = MAPPER.readTree(body.getBytes());
            String instanceId = text(sent, "instanceId");
            if (instanceId == null || !isInstanceId(instanceId)) {
                throw malformed(
                        "instanceId: not usable (expected: 1 to 128 printable ASCII characters"
                                + " without spaces)");
            }
            String name = text(sent, "name");
            return new Registration(instanceId, name == null ? null : tidy(name), address);
        } catch (IOException e) {
            throw malformed("body: not JSON (expected: a JSON object)");
        }
    }

    private Problem malformed(String detail) {
        count("malformed");
        return Problem.badRequest(detail);
    }

    private static @Nullable String text(@Nullable JsonNode sent, String field) {
        JsonNode value = sent == null ? null : sent.get(field);
        return value == null || !value.isTextual() ? null : value.textValue();
    }

    private static boolean isInstanceId(String id) {
        return !id.isEmpty()
                && id.length() <= MAX_CHARACTERS
                && !id.startsWith(REDACTED)
                && id.chars().allMatch(character -> character > ' ' && character < 0x7F);
    }

    /** A name is for people to read: what cannot be stored or shown leaves. */
    private static @Nullable String tidy(String name) {
        StringBuilder tidied = new StringBuilder();
        name.codePoints()
                .filter(codePoint -> !Texts.isUnstorable(codePoint))
                .limit(MAX_CHARACTERS / 2)
                .forEach(tidied::appendCodePoint);
        String text = tidied.toString().strip();
        return text.isEmpty() ? null : text;
    }

    private void count(String outcome) {
        Counter.builder("wolverine.enrolment.tries")
                .description("Registrations by what they led to.")
                .tag("outcome", outcome)
                .register(registry)
                .increment();
    }

    private static void refuse(RoutingContext context, int status, String reason, String error) {
        Answers.json(
                context,
                status,
                json -> {
                    json.writeStartObject();
                    json.writeStringField("error", error);
                    json.writeStringField("reason", reason);
                    json.writeEndObject();
                });
    }

    private static int status(Reason reason) {
        return switch (reason) {
            case PENDING_APPROVAL -> 202;
            case CLOSED, BAD_TOKEN, REJECTED, INSTANCE_LIMIT -> 403;
            case COLLISION -> 409;
            case PENDING_FULL, TOO_FAST -> 429;
        };
    }

    private static String sentence(Reason reason) {
        return switch (reason) {
            case PENDING_APPROVAL -> "pending_approval";
            case CLOSED ->
                    "registration is closed: set WOLVERINE_PLATFORM_KEY to a key of role ingest, or"
                            + " WOLVERINE_PLATFORM_URL to an enrolment URL";
            case BAD_TOKEN -> "the enrolment URL is unknown, expired or revoked";
            case REJECTED -> "this registration was rejected";
            case PENDING_FULL -> "too many registrations wait for approval";
            case INSTANCE_LIMIT -> "the enrolment URL has let in as many instances as it may";
            case TOO_FAST -> "the enrolment URL has made too many keys within the hour";
            case COLLISION ->
                    "too many runners use this instance id: set WOLVERINE_INSTANCE_ID to one of"
                            + " their own";
        };
    }
}
