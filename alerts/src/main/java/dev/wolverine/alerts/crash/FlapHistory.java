package dev.wolverine.alerts.crash;

/**
 * The last evaluations of one rule: whether it goes on and off so often that one "flapping" alert
 * says more than many. Immutable.
 *
 * @param evaluations the last of them, the newest in the lowest bit; 1 is firing
 * @param count how many there are, at most {@link #REMEMBERED}
 */
public record FlapHistory(int evaluations, int count) {

    public static final int REMEMBERED = 20;

    private static final int FLAPPING_CHANGES = 4;

    public static FlapHistory empty() {
        return new FlapHistory(0, 0);
    }

    public FlapHistory with(boolean firing) {
        int mask = (1 << REMEMBERED) - 1;
        return new FlapHistory(
                (evaluations << 1 | (firing ? 1 : 0)) & mask, Math.min(REMEMBERED, count + 1));
    }

    public int changes() {
        if (count < 2) {
            return 0;
        }
        return Integer.bitCount((evaluations ^ evaluations >>> 1) & (1 << count - 1) - 1);
    }

    public boolean isFlapping() {
        return changes() >= FLAPPING_CHANGES;
    }
}
