package dev.wolverine.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The beats of many instances, made as they are needed, with no memory of an instance. Thread-safe.
 */
public final class Beats {
    private static final long SCRAMBLE = 0x9E3779B97F4A7C15L;

    private final List<BodyTemplate> templates;
    private final int changedPercent;
    private final int firstInstance;
    private final long startMillis;

    /**
     * @param changedPercent of an instance's beats whose usage differs from the beat before
     * @param firstInstance which of all instances there are is number 0 here
     * @param startMillis all instances run since then
     */
    public Beats(BodyFormat format, int changedPercent, int firstInstance, long startMillis) {
        this.templates = BodyTemplate.variants(format);
        this.changedPercent = changedPercent;
        this.firstInstance = firstInstance;
        this.startMillis = startMillis;
    }

    /** Sixteen characters. */
    public byte[] id(int instance) {
        long bits = (firstInstance + instance + 1L) * SCRAMBLE >>> 16;
        return "wlv_%012x".formatted(bits).getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * @param id of the instance
     * @param number of this instance's beats, from 0
     */
    public byte[] beat(int instance, byte[] id, long number, long millis) {
        // Not all instances change in the same round.
        long changes = (number * changedPercent + instance * 37L % 100) / 100;
        long memory = 1_100_000_000L + (instance * 31L + number * 7) % 90 * 1_000_000;
        return templates
                .get(instance % templates.size())
                .beat(id, changes, millis, (millis - startMillis) / 1000, memory);
    }

    /** Bytes of one beat. */
    public int length() {
        return templates.getFirst().length();
    }
}
