package dev.wolverine.web.session;

import dev.wolverine.db.model.LoginOrigin;
import dev.wolverine.db.model.OpenSession;
import dev.wolverine.db.model.SessionEnd;
import dev.wolverine.db.model.SessionRecord;
import dev.wolverine.db.model.UserRecord;
import dev.wolverine.db.postgres.SessionStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

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

    private final SessionStore store;
    private final Tokens tokens;
    private final Clock clock;

    public Sessions(SessionStore store, SecureRandom random, Clock clock) {
        this.store = store;
        this.tokens = new Tokens(random);
        this.clock = clock;
    }

    /** Begins a session, and takes the occasion to clear dead ones away. */
    public Opened open(UserRecord user, LoginOrigin origin) {
        Instant now = now();
        String token = tokens.next();
        SessionRecord session =
                new SessionRecord(
                        Tokens.hash(token).orElseThrow(),
                        user.organisationId(),
                        user.organisationName(),
                        user.id(),
                        user.email(),
                        user.role(),
                        tokens.next(),
                        now,
                        now,
                        now.plus(LONGEST));
        store.deleteDead(now, now.minus(LONGEST_IDLE));
        store.insert(session, origin);
        return new Opened(token, session);
    }

    /** The live session of a cookie's value, noting that it was used. */
    public Optional<SessionRecord> find(String token) {
        return Tokens.hash(token).flatMap(this::find);
    }

    /** The same by the hash, for who keeps no token. */
    public Optional<SessionRecord> find(byte[] tokenHash) {
        Instant now = now();
        Optional<SessionRecord> session = store.find(tokenHash, now, now.minus(LONGEST_IDLE));
        session.filter(found -> found.lastUsedAt().plus(TOUCH_EVERY).isBefore(now))
                .ifPresent(found -> store.touch(tokenHash, now));
        return session;
    }

    /** Ends a session; empty if it had ended. */
    public Optional<SessionEnd> close(SessionRecord session) {
        return store.delete(session.tokenHash(), now());
    }

    /** Ends the session of a cookie's value, if it is one. */
    public Optional<SessionEnd> close(String token) {
        return Tokens.hash(token).flatMap(hash -> store.delete(hash, now()));
    }

    /** The live sessions of who asks, the last used first. */
    public List<OpenSession> list(SessionRecord by) {
        Instant now = now();
        return store.list(by.organisationId(), by.userId(), now, now.minus(LONGEST_IDLE));
    }

    /** Ends one of the sessions of who asks; empty if they have none with this id. */
    public Optional<SessionEnd> close(SessionRecord by, UUID id) {
        return store.delete(by, id, now());
    }

    /** Microseconds are what the database keeps. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
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
