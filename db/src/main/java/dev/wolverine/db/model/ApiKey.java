package dev.wolverine.db.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * A bearer key in its full text: {@code wlvk_<kind><id:10>_<secret:32>_<crc32:6>}, base 62. The
 * checksum covers all before it, so that a mistyped or invented key is refused without a look-up,
 * and a leaked one is found in a text without false alarms: {@code
 * wlvk_[ioeu][0-9A-Za-z]{10}_[0-9A-Za-z]{32}_[0-9A-Za-z]{6}}.
 *
 * <p>Holds the secret: {@link #toString()} shows only the id.
 *
 * @param kind what it is for
 * @param id public part, by which the key is looked up
 * @param secret 32 base 62 digits: 190 bits
 */
public record ApiKey(Kind kind, String id, String secret) {

    private static final String PREFIX = "wlvk_";
    private static final String DIGITS =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int ID_LENGTH = 10;
    private static final int SECRET_LENGTH = 32;
    private static final int CHECKSUM_LENGTH = 6;
    private static final int LENGTH =
            PREFIX.length() + 1 + ID_LENGTH + 1 + SECRET_LENGTH + 1 + CHECKSUM_LENGTH;

    /** What a key is for; the letter is part of its text. */
    public enum Kind {
        /** Writes heartbeats of one instance. */
        INSTANCE('i'),
        /** An organisation's: writes for any of its instances, or reads, by its role. */
        ORGANISATION('o'),
        /**
         * Part of an enrolment URL: lets instances register, and is no credential for anything
         * else.
         */
        ENROLMENT('e'),
        PERSONAL('u');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }

        public char letter() {
            return letter;
        }

        /** The name used in the API: lower case. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<Kind> ofLetter(char letter) {
            for (Kind kind : values()) {
                if (kind.letter == letter) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }
    }

    /** Makes a new key. */
    public static ApiKey generate(Kind kind, SecureRandom random) {
        return new ApiKey(kind, digits(ID_LENGTH, random), digits(SECRET_LENGTH, random));
    }

    /** Reads a key's text; empty if it is not one, or its checksum does not fit. */
    public static Optional<ApiKey> parse(String text) {
        if (text.length() != LENGTH || !text.startsWith(PREFIX)) {
            return Optional.empty();
        }
        int idStart = PREFIX.length() + 1;
        int secretStart = idStart + ID_LENGTH + 1;
        int checksumStart = secretStart + SECRET_LENGTH + 1;
        if (text.charAt(secretStart - 1) != '_' || text.charAt(checksumStart - 1) != '_') {
            return Optional.empty();
        }
        for (int i = idStart; i < LENGTH; i++) {
            if (i != secretStart - 1 && i != checksumStart - 1 && !isDigit(text.charAt(i))) {
                return Optional.empty();
            }
        }
        if (!text.substring(checksumStart).equals(checksum(text.substring(0, checksumStart - 1)))) {
            return Optional.empty();
        }
        return Kind.ofLetter(text.charAt(PREFIX.length()))
                .map(kind ->
                        new ApiKey(
                                kind,
                                text.substring(idStart, secretStart - 1),
                                text.substring(secretStart, checksumStart - 1)));
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9'
                || character >= 'A' && character <= 'Z'
                || character >= 'a' && character <= 'z';
    }

    /** The whole key, to be shown once. */
    public String text() {
        String body = PREFIX + kind.letter + id + "_" + secret;
        return body + "_" + checksum(body);
    }

    /**
     * SHA-256 of the secret, which is what the database keeps: 190 random bits need no slow hash.
     */
    public byte[] secretHash() {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(secret.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The last four characters, by which a person recognises a key. */
    public String lastFour() {
        String text = text();
        return text.substring(text.length() - 4);
    }

    @Override
    public String toString() {
        return "ApiKey[" + id + "]";
    }

    private static String checksum(String body) {
        CRC32 crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.US_ASCII));
        char[] digits = new char[CHECKSUM_LENGTH];
        long rest = crc.getValue();
        for (int i = CHECKSUM_LENGTH - 1; i >= 0; i--) {
            digits[i] = DIGITS.charAt((int) (rest % DIGITS.length()));
            rest /= DIGITS.length();
        }
        return new String(digits);
    }

    private static String digits(int count, SecureRandom random) {
        char[] digits = new char[count];
        for (int i = 0; i < count; i++) {
            digits[i] = DIGITS.charAt(random.nextInt(DIGITS.length()));
        }
        return new String(digits);
    }
}
