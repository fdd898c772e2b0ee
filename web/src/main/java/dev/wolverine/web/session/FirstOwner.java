package dev.wolverine.web.session;

import dev.wolverine.db.postgres.UserStore;
import java.security.SecureRandom;
import java.time.Instant;
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
    private final PasswordHasher hasher;
    private final SecureRandom random;

    public FirstOwner(UserStore users, PasswordHasher hasher, SecureRandom random) {
        this.users = users;
        this.hasher = hasher;
        this.random = random;
    }

    /** The login to show once; empty where there is a user already. */
    public Optional<Login> create() {
        if (!users.isEmpty()) {
            return Optional.empty();
        }
        String password = password();
        return users.createFirstOwner(ORGANISATION, EMAIL, hasher.hash(password), Instant.now())
                ? Optional.of(new Login(EMAIL, password))
                : Optional.empty();
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

    /** What a person types; {@link #toString()} hides the password. */
    public record Login(String email, String password) {
        @Override
        public String toString() {
            return "Login[" + email + ", ***]";
        }
    }
}
