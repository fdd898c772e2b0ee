package dev.wolverine.web.http;

import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.SessionEnd;
import dev.wolverine.db.model.SessionRecord;
import dev.wolverine.web.session.SessionCookie;
import dev.wolverine.web.session.Sessions;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Turns a credential into a {@link Caller}: the only place that reads one.
 *
 * <p>Never blocks; thread-safe. The stages fail with {@link dev.wolverine.db.StorageException}.
 */
public final class Authenticator {

    private static final String BEARER = "bearer ";

    private final KeyCheck keys;
    private final Sessions sessions;
    private final SessionCookie cookie;
    private final BlockingCalls blocking;

    public Authenticator(
            KeyCheck keys, Sessions sessions, SessionCookie cookie, BlockingCalls blocking) {
        this.keys = keys;
        this.sessions = sessions;
        this.cookie = cookie;
        this.blocking = blocking;
    }

    /** The text after `Bearer `, where the request has one. */
    public static Optional<String> bearer(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Optional.empty();
        }
        return Optional.of(header.substring(BEARER.length()).strip());
    }

    /** The session token, where the request has one. */
    public Optional<String> sessionToken(HttpServerRequest request) {
        return Optional.ofNullable(request.getCookie(cookie.name()))
                .map(Cookie::getValue)
                .filter(value -> !value.isEmpty());
    }

    /** Proves an API key. */
    public CompletionStage<Optional<Caller>> byKey(String text) {
        Optional<ApiKey> key = ApiKey.parse(text);
        if (key.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        String credentialId = keyCredential(key.get().id());
        return keys.authenticate(text)
                .thenApply(found ->
                        found.map(principal ->
                                new Caller(principal, credentialId, null, () -> byKey(text))));
    }

    /** Proves a session by its cookie. */
    public CompletionStage<Optional<Caller>> bySession(String token) {
        return blocking.call(() -> sessions.find(token).map(this::caller));
    }

    /** What {@link Caller#credentialId()} is for a key with this id. */
    public static String keyCredential(String keyId) {
        return Principal.subjectOfKey(keyId);
    }

    /** What {@link Caller#credentialId()} is for a session. */
    public static String sessionCredential(SessionEnd session) {
        return "session:" + session.tokenHash();
    }

    private Caller caller(SessionRecord session) {
        Principal principal =
                new Principal(
                        session.organisationId(), session.role(), "user:" + session.email(), null);
        return new Caller(
                principal,
                sessionCredential(SessionEnd.of(session.organisationId(), session.tokenHash())),
                session,
                () -> blocking.call(() -> sessions.find(session.tokenHash()).map(this::caller)));
    }

    /** Proves keys, as {@code KeyAuthenticator.authenticate} does. */
    @FunctionalInterface
    public interface KeyCheck {
        CompletionStage<Optional<Principal>> authenticate(String key);
    }
}
