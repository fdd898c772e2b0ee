package dev.wolverine.query.analytics;

import dev.wolverine.db.model.Budget;
import java.math.BigInteger;
import java.time.Instant;

/**
 * How a budget stands in the period that is running.
 *
 * @param zone colour of its bar: green, amber from 80 % on, red from 100 % on and if the limit will
 *     probably be exceeded
 */
public record BudgetReport(
        Budget budget,
        Instant periodStart,
        Instant periodEnd,
        SpendForecast.Outlook outlook,
        Zone zone) {

    /** Colours of the bar. */
    public enum Zone {
        GREEN,
        AMBER,
        RED;

        private static final int AMBER_FROM = 80;

        /** Of a limit, with what was spent and what is expected at the end. */
        public static Zone of(long limitMicros, SpendForecast.Outlook outlook) {
            if (isReached(outlook.spent(), 100, limitMicros)
                    || (!outlook.isEarly() && outlook.expected() > limitMicros)) {
                return RED;
            }
            return isReached(outlook.spent(), AMBER_FROM, limitMicros) ? AMBER : GREEN;
        }
    }

    /** Whether so many percent of a limit are spent: of a limit of zero, with the first cent. */
    static boolean isReached(long spentMicros, int percent, long limitMicros) {
        return spentMicros > 0
                && BigInteger.valueOf(spentMicros)
                                .multiply(BigInteger.valueOf(100))
                                .compareTo(
                                        BigInteger.valueOf(limitMicros)
                                                .multiply(BigInteger.valueOf(percent)))
                        >= 0;
    }

    /** Part of the limit that is spent, in percent; 100 of a limit of zero once anything is. */
    public double percentSpent() {
        long limit = budget.limitMicros();
        if (limit == 0) {
            return outlook.spent() > 0 ? 100 : 0;
        }
        return outlook.spent() * 100.0 / limit;
    }
}
