package dev.wolverine.web.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/** Makes secrets of 256 random bits, of which we keep only the hash. Thread-safe. */
final class Tokens {

    private static final int BYTES = 32;
    private static final int MAX_CHARACTERS = 64;

    private final SecureRandom random;

    Tokens(SecureRandom random) {
        this.random = random;
    }

    /** A new one: 43 letters, digits, `-` and `_`. */
    String next() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** What is kept of it, SHA-256; empty for a text that is too long to be one of ours. */
    static Optional<byte[]> hash(String token) {
        if (token.length() > MAX_CHARACTERS) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    MessageDigest.getInstance("SHA-256")
                            .digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
