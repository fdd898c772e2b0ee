package dev.wolverine.web.session;

import dev.wolverine.db.model.OneTimeLink;
import dev.wolverine.db.model.Organisation;
import dev.wolverine.db.model.Person;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.LinkStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes and uses links that work once: invitations for a week, links to set a password for a day.
 *
 * <p>The token is in the link's fragment, which browsers send nowhere. Blocking; thread-safe. Fails
 * with {@link dev.wolverine.db.StorageException}.
 */
public final class Links {

    public static final Duration INVITATION_LIFE = Duration.ofDays(7);
    public static final Duration PASSWORD_LIFE = Duration.ofDays(1);

    private final LinkStore store;
    private final PasswordHasher hasher;
    private final Tokens tokens;
    private final Clock clock;

    public Links(LinkStore store, PasswordHasher hasher, SecureRandom random, Clock clock) {
        this.store = store;
        this.hasher = hasher;
        this.tokens = new Tokens(random);
        this.clock = clock;
    }

    /** Invites an address; an earlier link to it ends. */
    public Made invite(Organisation organisation, String email, Role role, String by) {
        Instant now = now();
        return make(
                new OneTimeLink(
                        UUID.randomUUID(),
                        organisation.id(),
                        organisation.name(),
                        null,
                        email.toLowerCase(Locale.ROOT),
                        role,
                        now,
                        by,
                        now.plus(INVITATION_LIFE)));
    }

    /** Lets a person set a password; until then the old one works. */
    public Made passwordFor(Organisation organisation, Person person, String by) {
        Instant now = now();
        return make(
                new OneTimeLink(
                        UUID.randomUUID(),
                        organisation.id(),
                        organisation.name(),
                        person.id(),
                        person.email(),
                        person.role(),
                        now,
                        by,
                        now.plus(PASSWORD_LIFE)));
    }

    public List<OneTimeLink> invitations(UUID organisationId) {
        return store.invitations(organisationId, now());
    }

    /** Takes an invitation back; false if the organisation has none with this id. */
    public boolean takeBack(UUID organisationId, UUID id, String by) {
        return store.deleteInvitation(organisationId, id, by, now());
    }

    /** What a token is good for; empty if for nothing, or no longer. */
    public Optional<OneTimeLink> find(String token) {
        return Tokens.hash(token).flatMap(hash -> store.find(hash, now()));
    }

    /**
     * Uses a link up. The password is hashed only where there is a link: hashing is what costs.
     *
     * @throws PasswordHasher.Busy if too many passwords are being hashed
     */
    public LinkStore.Use use(String token, String password) {
        if (find(token).isEmpty()) {
            return new LinkStore.Use.Unknown();
        }
        return store.use(Tokens.hash(token).orElseThrow(), hasher.hash(password), now());
    }

    private Made make(OneTimeLink link) {
        String token = tokens.next();
        store.insert(link, Tokens.hash(token).orElseThrow());
        return new Made(link, token);
    }

    /** Microseconds are what the database keeps. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /**
     * A new link.
     *
     * @param token kept nowhere on our side
     */
    public record Made(OneTimeLink link, String token) {

        /** To be put behind the address of the platform. */
        public String path() {
            return "/link#" + token;
        }

        @Override
        public String toString() {
            return "Made[" + link.id() + "]";
        }
    }
}
