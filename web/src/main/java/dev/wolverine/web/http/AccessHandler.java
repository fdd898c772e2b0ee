package dev.wolverine.web.http;

import dev.wolverine.db.model.SessionRecord;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Stands in front of every operation: finds the {@link Caller}, asks {@link Access} about the role,
 * and where the credential is a cookie, that the request was meant (same origin and CSRF token).
 */
final class AccessHandler implements Handler<RoutingContext> {

    private static final String CSRF_HEADER = "X-WLV-CSRF";

    private final Authenticator authenticator;

    AccessHandler(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    @Override
    public void handle(RoutingContext context) {
        Access access = Endpoint.of(context).orElseThrow().access();
        HttpServerRequest request = context.request();
        if (access == Access.PUBLIC) {
            context.next();
            return;
        }
        Optional<String> bearer = Authenticator.bearer(request);
        Optional<String> token = authenticator.sessionToken(request);
        if (bearer.isPresent() && access != Access.SESSION) {
            admit(context, access, authenticator.byKey(bearer.get()));
        } else if (access == Access.READ_OR_LATER) {
            // A browser's cookie comes with any page's socket: it only counts from our own origin.
            laterOrSession(context, token);
        } else if (token.isPresent() && access != Access.KEY) {
            admit(context, access, authenticator.bySession(token.get()));
        } else if (access == Access.READ_OR_LOCAL && LocalPeer.isLocal(request)) {
            context.next();
        } else {
            context.fail(Problem.unauthorized(expected(access)));
        }
    }

    private void laterOrSession(RoutingContext context, Optional<String> token) {
        HttpServerRequest request = context.request();
        if (SameOrigin.isForeign(request)) {
            context.fail(
                    Problem.forbidden("Origin: not this host (expected: the platform's own page)"));
            return;
        }
        if (token.isEmpty() || !SameOrigin.isProven(request)) {
            context.next();
            return;
        }
        Answers.whenDone(
                context,
                authenticator.bySession(token.get()),
                caller -> {
                    caller.filter(found -> Access.READ_OR_LATER.admits(found.principal().role()))
                            .ifPresent(found -> found.mark(context));
                    context.next();
                });
    }

    private void admit(
            RoutingContext context, Access access, CompletionStage<Optional<Caller>> proof) {
        Answers.whenDone(
                context,
                proof,
                caller -> {
                    check(context, access, caller).mark(context);
                    context.next();
                });
    }

    private static Caller check(RoutingContext context, Access access, Optional<Caller> caller) {
        Caller found =
                caller.orElseThrow(() ->
                        Problem.unauthorized(
                                "the credential is unknown, has ended or was revoked"));
        SessionRecord session = found.session();
        if (session != null && changesSomething(context.request().method())) {
            checkMeant(context.request(), session);
        }
        if (!access.admits(found.principal().role())) {
            throw Problem.forbidden(
                    "role: "
                            + found.principal().role().label()
                            + " (expected: "
                            + access.expectedRole()
                            + ")");
        }
        return found;
    }

    private static void checkMeant(HttpServerRequest request, SessionRecord session) {
        if (!SameOrigin.isProven(request)) {
            throw Problem.forbidden(
                    "Origin: missing or not this host (expected: the platform's own page)");
        }
        String sent = request.getHeader(CSRF_HEADER);
        if (sent == null
                || !MessageDigest.isEqual(
                        sent.getBytes(StandardCharsets.UTF_8),
                        session.csrfToken().getBytes(StandardCharsets.UTF_8))) {
            throw Problem.forbidden(
                    CSRF_HEADER + ": missing or wrong (expected: csrfToken of the session)");
        }
    }

    private static boolean changesSomething(HttpMethod method) {
        return !method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD);
    }

    private static String expected(Access access) {
        return switch (access) {
            case KEY -> "no credential (expected: Authorization: Bearer wlvk_...)";
            case SESSION -> "no session (expected: the cookie of POST /api/v1/session)";
            default -> "no credential (expected: Authorization: Bearer wlvk_..., or a session)";
        };
    }
}
