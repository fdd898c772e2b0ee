package dev.wolverine.web.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Hashes passwords with Argon2id, as PHC strings: 19 MiB, 2 passes, 1 lane, the parameters that
 * OWASP's password storage cheat sheet gives.
 *
 * <p>Blocking, about 50 ms of one core; thread-safe. At most {@code parallel} run at once, so that
 * a flood of logins costs neither all the cores nor the memory; who waits longer than five seconds
 * gets {@link Busy}.
 */
public final class PasswordHasher {

    private static final int MEMORY_KIB = 19 * 1024;
    private static final int PASSES = 2;
    private static final int LANES = 1;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final int MAX_WAIT_SECONDS = 5;

    /** Bounds keep a hash that somebody wrote into the database from costing gigabytes. */
    private static final Pattern PHC =
            Pattern.compile(
                    "\\$argon2id\\$v=19\\$m=(\\d{1,6}),t=(\\d{1,2}),p=(\\d)\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{22,86})");

    private final SecureRandom random;
    private final Semaphore permits;
    private final String decoy;

    /** Half of the cores, at least one, leave the rest to heartbeats. */
    public PasswordHasher(SecureRandom random) {
        this(random, Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    PasswordHasher(SecureRandom random, int parallel) {
        this.random = random;
        this.permits = new Semaphore(parallel, true);
        this.decoy = phc(new byte[SALT_BYTES], new byte[HASH_BYTES], MEMORY_KIB, PASSES, LANES);
    }

    /** A new hash with a salt of its own. */
    public String hash(String password) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] hash = compute(password, salt, HASH_BYTES, MEMORY_KIB, PASSES, LANES);
        return phc(salt, hash, MEMORY_KIB, PASSES, LANES);
    }

    /** Whether the password belongs to the hash; false for a hash that is not one of ours. */
    public boolean verify(String password, String phc) {
        Matcher parts = PHC.matcher(phc);
        if (!parts.matches()) {
            return false;
        }
        byte[] salt = Base64.getDecoder().decode(parts.group(4));
        byte[] expected = Base64.getDecoder().decode(parts.group(5));
        byte[] actual =
                compute(
                        password,
                        salt,
                        expected.length,
                        Integer.parseInt(parts.group(1)),
                        Integer.parseInt(parts.group(2)),
                        Integer.parseInt(parts.group(3)));
        return MessageDigest.isEqual(expected, actual);
    }

    /** Takes as long as {@link #verify} and is always false: for a user that does not exist. */
    public boolean verifyNobody(String password) {
        verify(password, decoy);
        return false;
    }

    private byte[] compute(
            String password, byte[] salt, int length, int memoryKib, int passes, int lanes) {
        acquire();
        try {
            Argon2BytesGenerator generator = new Argon2BytesGenerator();
            generator.init(
                    new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                            .withMemoryAsKB(memoryKib)
                            .withIterations(passes)
                            .withParallelism(lanes)
                            .withSalt(salt)
                            .build());
            byte[] hash = new byte[length];
            generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
            return hash;
        } finally {
            permits.release();
        }
    }

    private void acquire() {
        try {
            if (!permits.tryAcquire(MAX_WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new Busy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Busy();
        }
    }

    private static String phc(byte[] salt, byte[] hash, int memoryKib, int passes, int lanes) {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m="
                + memoryKib
                + ",t="
                + passes
                + ",p="
                + lanes
                + "$"
                + base64.encodeToString(salt)
                + "$"
                + base64.encodeToString(hash);
    }

    /** Too many passwords are being checked at once. */
    public static final class Busy extends RuntimeException {
        private static final long serialVersionUID = 1;

        Busy() {
            super("too many logins at once");
        }
    }
}
