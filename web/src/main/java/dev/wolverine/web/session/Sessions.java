package dev.wolverine.web.session;

import dev.wolverine.db.model.SessionRecord;
import dev.wolverine.db.model.UserRecord;
import dev.wolverine.db.postgres.SessionStore;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;

/**
 * Begins, finds and ends sessions. A session ends 12 hours after login, or when it was not used for
 * 30 minutes; an open live feed counts as use.
 *
 * <p>Blocking; thread-safe. Fails with {@link dev.wolverine.db.StorageException}.
 */
public final class Sessions {

    /** From login to the end, whatever happens. */
    public static final Duration LONGEST = Duration.ofHours(12);

    /** Without a request. */
    public static final Duration LONGEST_IDLE = Duration.ofMinutes(30);

    /** A use is written down at most so often: a page full of requests costs one update. */
    private static final Duration TOUCH_EVERY = Duration.ofMinutes(1);

    private static final int TOKEN_BYTES = 32;
    private static final int MAX_TOKEN_CHARACTERS = 64;

    private final SessionStore store;
    private final SecureRandom random;
    private final Clock clock;

    public Sessions(SessionStore store, SecureRandom random, Clock clock) {
        this.store = store;
        this.random = random;
        this.clock = clock;
    }

    /** Begins a session, and takes the occasion to clear dead ones away. */
    public Opened open(UserRecord user) {
        Instant now = now();
        String token = token();
        String csrfToken = token();
        store.deleteDead(now, now.minus(LONGEST_IDLE));
        store.insert(
                hash(token), user.organisationId(), user.id(), csrfToken, now, now.plus(LONGEST));
        return new Opened(
                token,
                new SessionRecord(
                        hash(token),
                        user.organisationId(),
                        user.organisationName(),
                        user.id(),
                        user.email(),
                        user.role(),
                        csrfToken,
                        now,
                        now,
                        now.plus(LONGEST)));
    }

    /** The live session of a cookie's value, noting that it was used. */
    public Optional<SessionRecord> find(String token) {
        return token.length() > MAX_TOKEN_CHARACTERS ? Optional.empty() : find(hash(token));
    }

    /** The same by the hash, for who keeps no token. */
    public Optional<SessionRecord> find(byte[] tokenHash) {
        Instant now = now();
        Optional<SessionRecord> session = store.find(tokenHash, now, now.minus(LONGEST_IDLE));
        session.filter(found -> found.lastUsedAt().plus(TOUCH_EVERY).isBefore(now))
                .ifPresent(found -> store.touch(tokenHash, now));
        return session;
    }

    /** Ends a session. */
    public void close(SessionRecord session) {
        store.delete(session.tokenHash());
    }

    /** Ends the session of a cookie's value, if it is one. */
    public void close(String token) {
        if (token.length() <= MAX_TOKEN_CHARACTERS) {
            store.delete(hash(token));
        }
    }

    /** Microseconds are what the database keeps. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private String token() {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * A new session.
     *
     * @param token the cookie's value: 256 random bits, kept nowhere on our side
     */
    public record Opened(String token, SessionRecord session) {
        @Override
        public String toString() {
            return "Opened[" + session + "]";
        }
    }
}
