package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.LoginOrigin;
import dev.wolverine.db.model.SessionEnd;
import dev.wolverine.db.model.SessionRecord;
import dev.wolverine.db.model.UserRecord;
import dev.wolverine.db.postgres.AuditLog;
import dev.wolverine.db.postgres.UserStore;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.http.RequestBody;
import dev.wolverine.web.http.SameOrigin;
import dev.wolverine.web.session.LoginThrottle;
import dev.wolverine.web.session.PasswordHasher;
import dev.wolverine.web.session.SessionCookie;
import dev.wolverine.web.session.Sessions;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs people in and out. A wrong password and an unknown user get the same answer after the same
 * time.
 */
public final class SessionHandler {

    private static final Logger log = LoggerFactory.getLogger(SessionHandler.class);

    private final UserStore users;
    private final Sessions sessions;
    private final PasswordHasher hasher;
    private final LoginThrottle throttle;
    private final SessionCookie cookie;
    private final BlockingCalls blocking;
    private final Consumer<SessionEnd> ended;
    private final AuditLog audit;
    private final Clock clock;

    /**
     * @param ended closes what a session holds open, everywhere; may block
     */
    public SessionHandler(
            UserStore users,
            Sessions sessions,
            PasswordHasher hasher,
            LoginThrottle throttle,
            SessionCookie cookie,
            BlockingCalls blocking,
            Consumer<SessionEnd> ended,
            AuditLog audit,
            Clock clock) {
        this.users = users;
        this.sessions = sessions;
        this.hasher = hasher;
        this.throttle = throttle;
        this.cookie = cookie;
        this.blocking = blocking;
        this.ended = ended;
        this.audit = audit;
        this.clock = clock;
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(HttpMethod.POST, "/api/v1/session", Access.PUBLIC, this::logIn),
                new Endpoint(HttpMethod.GET, "/api/v1/session", Access.SESSION, this::get),
                new Endpoint(HttpMethod.DELETE, "/api/v1/session", Access.SESSION, this::logOut));
    }

    private void logIn(RoutingContext context) {
        if (SameOrigin.isForeign(context.request())) {
            throw Problem.forbidden("Origin: not this host (expected: the platform's own page)");
        }
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), Login.class),
                login -> {
                    String email = Inputs.email(login.email);
                    String password = Inputs.password(login.password);
                    LoginOrigin origin = Inputs.origin(context);
                    Optional<String> previous =
                            Optional.ofNullable(context.request().getCookie(cookie.name()))
                                    .map(Cookie::getValue);
                    Answers.whenDone(
                            context,
                            blocking.call(() -> open(email, password, origin, previous)),
                            opened -> {
                                context.response()
                                        .putHeader(
                                                HttpHeaders.SET_COOKIE, cookie.set(opened.token()));
                                Answers.json(context, 200, json -> write(json, opened.session()));
                            });
                });
    }

    private Sessions.Opened open(
            String email, String password, LoginOrigin origin, Optional<String> previous) {
        String address = origin.address();
        throttle.tryLogin(email, address)
                .ifPresent(wait -> {
                    throw Problem.tooManyTries(wait);
                });
        Optional<UserRecord> user = users.find(email);
        boolean right;
        try {
            right =
                    user.isPresent()
                            ? hasher.verify(password, user.get().passwordHash())
                            : hasher.verifyNobody(password);
        } catch (PasswordHasher.Busy e) {
            throw Problem.unavailable("too many logins at once; try again");
        }
        if (!right || user.isEmpty()) {
            noteFailure(email, origin);
            throw Problem.unauthorized("email or password: wrong");
        }
        throttle.succeeded(email, address);
        // A login rotates: what the browser's cookie stood for before ends with it.
        previous.flatMap(sessions::close).ifPresent(ended);
        return sessions.open(user.get(), origin);
    }

    /**
     * Beside the answer, which would otherwise take longer where there is such a user. An address
     * that nobody has is nobody's log's business.
     */
    private void noteFailure(String email, LoginOrigin origin) {
        var unused =
                blocking.call(
                                () -> {
                                    users.organisationOf(email)
                                            .ifPresent(organisation ->
                                                    audit.append(
                                                            failure(organisation, email, origin)));
                                    return true;
                                })
                        .exceptionally(failure -> {
                            log.warn("a failed login is not in the audit log", failure);
                            return false;
                        });
    }

    private AuditEntry failure(UUID organisation, String email, LoginOrigin origin) {
        return AuditEntry.of(
                organisation,
                clock.instant(),
                "address " + origin.address(),
                "session.refuse",
                email.toLowerCase(Locale.ROOT),
                Map.of("address", origin.address()));
    }

    private void get(RoutingContext context) {
        Answers.json(context, 200, json -> write(json, session(context)));
    }

    private void logOut(RoutingContext context) {
        SessionRecord session = session(context);
        Answers.whenDone(
                context,
                blocking.call(() -> {
                    sessions.close(session).ifPresent(ended);
                    return true;
                }),
                _ -> {
                    context.response().putHeader(HttpHeaders.SET_COOKIE, cookie.clear());
                    Answers.nothing(context);
                });
    }

    private static SessionRecord session(RoutingContext context) {
        return Objects.requireNonNull(Caller.of(context).session(), "Access.SESSION");
    }

    static void write(JsonGenerator json, SessionRecord session) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart("user");
        json.writeStringField("email", session.email());
        json.writeStringField("role", session.role().label());
        json.writeEndObject();
        json.writeObjectFieldStart("organisation");
        json.writeStringField("id", session.organisationId().toString());
        json.writeStringField("name", session.organisationName());
        json.writeEndObject();
        json.writeStringField("csrfToken", session.csrfToken());
        json.writeEndObject();
    }

    private record Login(@Nullable String email, @Nullable String password) {
        @Override
        public String toString() {
            return "Login[***]";
        }
    }
}
