package dev.wolverine.web.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Slows guessing down: five tries are free for an e-mail from an address, each further one must
 * wait for twice as long as the one before, from one second to fifteen minutes. A login that
 * succeeds, or an hour without a try, clears the count.
 *
 * <p>A try counts when it begins, so that tries at the same time do not all pass before the first
 * has failed. Thread-safe. Remembers the 10,000 pairs that tried last, which bounds the memory to a
 * few megabytes.
 */
public final class LoginThrottle {

    static final int FREE_TRIES = 5;
    static final int MAX_PAIRS = 10_000;
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(15);
    private static final Duration FORGET_AFTER = Duration.ofHours(1);
    private static final int MAX_EMAIL_CHARACTERS = 254;

    private final Clock clock;
    private final Map<String, Tries> triesByPair = new LinkedHashMap<>(16, 0.75f, true);

    public LoginThrottle(Clock clock) {
        this.clock = clock;
    }

    /** Counts a try, and lets it pass (empty) or says how long to wait for the next one. */
    public synchronized Optional<Duration> tryLogin(String email, String address) {
        Instant now = clock.instant();
        String pair = pair(email, address);
        Tries tries = triesByPair.get(pair);
        if (tries == null || now.isAfter(tries.last.plus(FORGET_AFTER))) {
            tries = new Tries(0, now);
        }
        Instant next = tries.last.plus(delayAfter(tries.count));
        if (now.isBefore(next)) {
            return Optional.of(Duration.between(now, next));
        }
        triesByPair.put(pair, new Tries(tries.count + 1, now));
        if (triesByPair.size() > MAX_PAIRS) {
            triesByPair.remove(triesByPair.keySet().iterator().next());
        }
        return Optional.empty();
    }

    /** Clears the count after the right password. */
    public synchronized void succeeded(String email, String address) {
        triesByPair.remove(pair(email, address));
    }

    synchronized int pairs() {
        return triesByPair.size();
    }

    static Duration delayAfter(int tries) {
        if (tries < FREE_TRIES) {
            return Duration.ZERO;
        }
        int doublings = Math.min(tries - FREE_TRIES, 20);
        Duration delay = FIRST_DELAY.multipliedBy(1L << doublings);
        return delay.compareTo(LONGEST_DELAY) < 0 ? delay : LONGEST_DELAY;
    }

    private static String pair(String email, String address) {
        String bounded =
                email.length() <= MAX_EMAIL_CHARACTERS
                        ? email
                        : email.substring(0, MAX_EMAIL_CHARACTERS);
        return bounded.toLowerCase(Locale.ROOT) + "\n" + address;
    }

    private record Tries(int count, Instant last) {}
}
