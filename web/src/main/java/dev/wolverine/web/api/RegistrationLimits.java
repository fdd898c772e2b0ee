package dev.wolverine.web.api;

import io.netty.util.NetUtil;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How often an address may register in vain: 60 times at once, and one more each second. A client
 * tries once a minute, so that 60 instances behind one address never meet the limit. Addresses of
 * IPv6 count by their network (/64).
 *
 * <p>Thread-safe. Remembers the 10,000 addresses that failed last, which bounds the memory to a few
 * megabytes.
 */
final class RegistrationLimits {

    static final int AT_ONCE = 60;
    static final int MAX_ADDRESSES = 10_000;
    private static final long REFILL_NANOS = Duration.ofSeconds(1).toNanos();

    private final LongSupplier nanoTime;

    /** When the tries of an address are all there again. */
    private final Map<String, Long> fullAt = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * @param nanoTime {@link System#nanoTime()}, or a test's
     */
    RegistrationLimits(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** How long this address has to wait for its next try; empty: it may try now. */
    synchronized Optional<Duration> wait(String address) {
        Long full = fullAt.get(network(address));
        if (full == null) {
            return Optional.empty();
        }
        long missing = full - nanoTime.getAsLong();
        long most = (AT_ONCE - 1) * REFILL_NANOS;
        return missing > most ? Optional.of(Duration.ofNanos(missing - most)) : Optional.empty();
    }

    /** Counts a try that led to no key. */
    synchronized void failed(String address) {
        long now = nanoTime.getAsLong();
        String network = network(address);
        Long full = fullAt.get(network);
        long from = full == null || full - now < 0 ? now : full;
        fullAt.put(network, Math.min(from + REFILL_NANOS, now + AT_ONCE * REFILL_NANOS));
        if (fullAt.size() > MAX_ADDRESSES) {
            fullAt.remove(fullAt.keySet().iterator().next());
        }
    }

    synchronized int addresses() {
        return fullAt.size();
    }

    private static String network(String address) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        return bytes == null || bytes.length == 4
                ? address
                : HexFormat.of().formatHex(Arrays.copyOf(bytes, 8));
    }
}
