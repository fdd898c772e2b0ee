package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.OneTimeLink;
import dev.wolverine.db.model.OpenSession;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.SessionEnd;
import dev.wolverine.db.model.SessionRecord;
import dev.wolverine.db.model.UserRecord;
import dev.wolverine.db.postgres.LinkStore;
import dev.wolverine.db.postgres.PersonStore;
import dev.wolverine.db.postgres.UserStore;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.http.RequestBody;
import dev.wolverine.web.http.SameOrigin;
import dev.wolverine.web.json.Fields;
import dev.wolverine.web.session.Links;
import dev.wolverine.web.session.LoginThrottle;
import dev.wolverine.web.session.PasswordHasher;
import dev.wolverine.web.session.SessionCookie;
import dev.wolverine.web.session.Sessions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What people do for themselves: use the link that they were given, and see to their sessions. */
public final class AccountHandler {

    private final UserStore users;
    private final PersonStore people;
    private final Links links;
    private final Sessions sessions;
    private final PasswordHasher hasher;
    private final LoginThrottle throttle;
    private final SessionCookie cookie;
    private final Consumer<SessionEnd> ended;
    private final BlockingCalls blocking;
    private final Clock clock;

    /**
     * @param throttle the one of logins: a session that was left open is no way around it
     * @param ended closes what a session holds open, everywhere; may block
     */
    public AccountHandler(
            UserStore users,
            PersonStore people,
            Links links,
            Sessions sessions,
            PasswordHasher hasher,
            LoginThrottle throttle,
            SessionCookie cookie,
            Consumer<SessionEnd> ended,
            BlockingCalls blocking,
            Clock clock) {
        this.users = users;
        this.people = people;
        this.links = links;
        this.sessions = sessions;
        this.hasher = hasher;
        this.throttle = throttle;
        this.cookie = cookie;
        this.ended = ended;
        this.blocking = blocking;
        this.clock = clock;
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(HttpMethod.POST, "/api/v1/links/open", Access.PUBLIC, this::openLink),
                new Endpoint(HttpMethod.POST, "/api/v1/links/use", Access.PUBLIC, this::useLink),
                new Endpoint(
                        HttpMethod.PUT,
                        "/api/v1/session/password",
                        Access.SESSION,
                        this::changePassword),
                new Endpoint(
                        HttpMethod.GET, "/api/v1/sessions", Access.SESSION, this::listSessions),
                new Endpoint(
                        HttpMethod.DELETE,
                        "/api/v1/sessions/:id",
                        Access.SESSION,
                        this::endSession));
    }

    private void openLink(RoutingContext context) {
        requireOwnPage(context);
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), Opening.class),
                wish -> {
                    String token = Inputs.token(wish.token);
                    Answers.whenDone(
                            context,
                            blocking.call(() ->
                                    links.find(token).orElseThrow(AccountHandler::unknownLink)),
                            link -> Answers.json(context, 200, json -> write(json, link)));
                });
    }

    private void useLink(RoutingContext context) {
        requireOwnPage(context);
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), Using.class),
                wish -> {
                    String token = Inputs.token(wish.token);
                    String password = Inputs.newPassword(wish.password);
                    Answers.whenDone(
                            context,
                            blocking.call(() -> use(context, token, password)),
                            opened -> {
                                context.response()
                                        .putHeader(
                                                HttpHeaders.SET_COOKIE, cookie.set(opened.token()));
                                Answers.json(
                                        context,
                                        200,
                                        json -> SessionHandler.write(json, opened.session()));
                            });
                });
    }

    private Sessions.Opened use(RoutingContext context, String token, String password) {
        switch (hashing(() -> links.use(token, password))) {
            case LinkStore.Use.Unknown _ -> throw unknownLink();
            case LinkStore.Use.AddressTaken _ ->
                    throw Problem.of(
                            409, "email: has an account (expected: an address without one)");
            case LinkStore.Use.Done(String email, List<SessionEnd> sessionsEnded) -> {
                sessionsEnded.forEach(ended);
                UserRecord user = users.find(email).orElseThrow(AccountHandler::unknownLink);
                return sessions.open(user, Inputs.origin(context));
            }
        }
    }

    private void changePassword(RoutingContext context) {
        SessionRecord session = session(context);
        Principal by = Caller.of(context).principal();
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), PasswordWish.class),
                wish -> {
                    String current = Inputs.password(wish.current);
                    String password = Inputs.newPassword(wish.password);
                    String address = Inputs.origin(context).address();
                    Answers.whenDone(
                            context,
                            blocking.call(() -> {
                                requireCurrent(session, current, address);
                                String hash = hashing(() -> hasher.hash(password));
                                people.changeOwnPassword(
                                                by,
                                                session.userId(),
                                                hash,
                                                session.tokenHash(),
                                                clock.instant())
                                        .forEach(ended);
                                return true;
                            }),
                            _ -> Answers.nothing(context));
                });
    }

    private void requireCurrent(SessionRecord session, String current, String address) {
        throttle.tryLogin(session.email(), address)
                .ifPresent(wait -> {
                    throw Problem.tooManyTries(wait);
                });
        UserRecord user = users.find(session.email()).orElseThrow(AccountHandler::wrongPassword);
        if (!hashing(() -> hasher.verify(current, user.passwordHash()))) {
            throw wrongPassword();
        }
        throttle.succeeded(session.email(), address);
    }

    private void listSessions(RoutingContext context) {
        SessionRecord mine = session(context);
        Answers.whenDone(
                context,
                blocking.call(() -> sessions.list(mine)),
                found ->
                        Answers.json(
                                context,
                                200,
                                json -> {
                                    json.writeStartObject();
                                    json.writeArrayFieldStart("sessions");
                                    for (OpenSession session : found) {
                                        write(json, session, mine);
                                    }
                                    json.writeEndArray();
                                    json.writeEndObject();
                                }));
    }

    private void endSession(RoutingContext context) {
        SessionRecord mine = session(context);
        UUID id = Inputs.id(context).orElseThrow(AccountHandler::unknownSession);
        Answers.whenDone(
                context,
                blocking.call(() -> {
                    ended.accept(
                            sessions.close(mine, id).orElseThrow(AccountHandler::unknownSession));
                    return true;
                }),
                _ -> Answers.nothing(context));
    }

    private static <T> T hashing(Supplier<T> work) {
        try {
            return work.get();
        } catch (PasswordHasher.Busy e) {
            throw Problem.unavailable("too many logins at once; try again");
        }
    }

    private static void requireOwnPage(RoutingContext context) {
        if (SameOrigin.isForeign(context.request())) {
            throw Problem.forbidden("Origin: not this host (expected: the platform's own page)");
        }
    }

    private static void write(JsonGenerator json, OneTimeLink link) throws IOException {
        json.writeStartObject();
        json.writeStringField("purpose", link.isInvitation() ? "invitation" : "password");
        json.writeStringField("email", link.email());
        json.writeStringField("role", link.role().label());
        json.writeStringField("organisation", link.organisationName());
        Fields.time(json, "expiresAt", link.expiresAt());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, OpenSession session, SessionRecord mine)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("id", session.id().toString());
        Fields.time(json, "createdAt", session.createdAt());
        Fields.time(json, "lastUsedAt", session.lastUsedAt());
        Fields.time(json, "expiresAt", session.expiresAt());
        json.writeStringField("address", session.origin().address());
        json.writeStringField("agent", session.origin().agent());
        json.writeBooleanField("current", Arrays.equals(session.tokenHash(), mine.tokenHash()));
        json.writeEndObject();
    }

    private static SessionRecord session(RoutingContext context) {
        return Objects.requireNonNull(Caller.of(context).session(), "Access.SESSION");
    }

    private static Problem unknownLink() {
        return Problem.notFound("token: unknown, used or too old (expected: of a new link)");
    }

    private static Problem unknownSession() {
        return Problem.notFound("no such session of yours");
    }

    private static Problem wrongPassword() {
        return Problem.forbidden("current: wrong (expected: the password of now)");
    }

    private record Opening(@Nullable String token) {
        @Override
        public String toString() {
            return "Opening[***]";
        }
    }

    private record Using(@Nullable String token, @Nullable String password) {
        @Override
        public String toString() {
            return "Using[***]";
        }
    }

    private record PasswordWish(@Nullable String current, @Nullable String password) {
        @Override
        public String toString() {
            return "PasswordWish[***]";
        }
    }
}
