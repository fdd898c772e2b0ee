package dev.wolverine.web.session;

import dev.wolverine.db.model.Organisation;
import dev.wolverine.db.model.Person;
import dev.wolverine.db.model.UserRecord;
import dev.wolverine.db.postgres.UserStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;

/**
 * Makes the organisation {@code default} and its owner {@code owner@localhost} on a database that
 * has no user yet.
 *
 * <p>Blocking. Fails with {@link dev.wolverine.db.StorageException}.
 */
public final class FirstOwner {

    public static final String ORGANISATION = "default";
    public static final String EMAIL = "owner@localhost";

    /** Without what looks alike. 20 of 31 give 99 bits. */
    private static final String LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

    private static final int GROUPS = 4;
    private static final int GROUP_LENGTH = 5;

    private final UserStore users;
    private final Links links;
    private final PasswordHasher hasher;
    private final SecureRandom random;
    private final Clock clock;

    public FirstOwner(
            UserStore users, Links links, PasswordHasher hasher, SecureRandom random, Clock clock) {
        this.users = users;
        this.links = links;
        this.hasher = hasher;
        this.random = random;
        this.clock = clock;
    }

    /** The login to show once; empty where there is a user already. */
    public Optional<Login> create() {
        if (!users.isEmpty()) {
            return Optional.empty();
        }
        String password = password();
        return users.createFirstOwner(ORGANISATION, EMAIL, hasher.hash(password), clock.instant())
                ? Optional.of(new Login(EMAIL, password, link().path()))
                : Optional.empty();
    }

    private Links.Made link() {
        UserRecord owner = users.find(EMAIL).orElseThrow();
        return links.passwordFor(
                new Organisation(owner.organisationId(), owner.organisationName()),
                new Person(owner.id(), owner.email(), owner.role(), clock.instant(), null, null),
                "first start");
    }

    private String password() {
        StringBuilder password = new StringBuilder();
        for (int group = 0; group < GROUPS; group++) {
            if (group > 0) {
                password.append('-');
            }
            for (int i = 0; i < GROUP_LENGTH; i++) {
                password.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
            }
        }
        return password.toString();
    }

    /**
     * What a person types; {@link #toString()} hides the password.
     *
     * @param linkPath to choose a password instead, once, within a day: behind the address of the
     *     platform
     */
    public record Login(String email, String password, String linkPath) {
        @Override
        public String toString() {
            return "Login[" + email + ", ***]";
        }
    }
}
