package dev.wolverine.alerts.leak;

import java.util.Arrays;

/**
 * How evenly a short series rises.
 *
 * <p>The slope is the median of the slopes of all pairs (Theil 1950, Sen 1968), which a quarter of
 * wild points does not move; the evenness is Kendall's tau-b (Kendall 1938), which is 1 if every
 * point is above all before it.
 *
 * @param slope per unit of x
 * @param lowSlope a quarter of the pairs is less steep
 * @param highSlope a quarter is steeper
 * @param tau -1 to 1; 0 if all points are equally high
 */
record Trend(double slope, double lowSlope, double highSlope, double tau) {

    /**
     * Of points {@code from} to {@code to}, exclusive, at least two.
     *
     * @param x strictly ascending
     */
    static Trend of(double[] x, double[] y, int from, int to) {
        int points = to - from;
        double[] slopes = new double[points * (points - 1) / 2];
        int pairs = 0;
        int concordance = 0;
        int untied = 0;
        for (int i = from; i < to; i++) {
            for (int j = i + 1; j < to; j++) {
                double rise = y[j] - y[i];
                slopes[pairs++] = rise / (x[j] - x[i]);
                concordance += rise > 0 ? 1 : rise < 0 ? -1 : 0;
                untied += rise == 0 ? 0 : 1;
            }
        }
        Arrays.sort(slopes);
        double tau = untied == 0 ? 0 : concordance / Math.sqrt((double) untied * pairs);
        return new Trend(
                slopes[pairs / 2],
                slopes[pairs / 4],
                slopes[Math.min(pairs - 1, pairs * 3 / 4)],
                tau);
    }

    static double slope(double[] x, double[] y, int from, int to) {
        return of(x, y, from, to).slope();
    }
}
