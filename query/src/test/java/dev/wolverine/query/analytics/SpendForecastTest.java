package dev.wolverine.query.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How far the projection of a month is off, by the day on which it is made. */
class SpendForecastTest {

    private static final Instant START = Instant.parse("2026-08-01T00:00:00Z");
    private static final ZoneId ZONE = ZoneOffset.UTC;
    private static final int FLEETS = 60;

    private final SpendForecast forecast = new SpendForecast();

    /** Prints the error; each day's median may be as large as said here. */
    @Test
    void theErrorOfTheMonthsEndFallsWithTheDays() {
        Instant month = Instant.parse("2026-10-01T00:00:00Z");
        Instant end = Instant.parse("2026-11-01T00:00:00Z");
        System.out.println(
                "month-end forecast of 60 generated fleets: error by the day it is made");
        System.out.println("day   median    p90   straight line   within the band");
        double[] medians = new double[31];
        double covered = 0;
        int days = 0;
        for (int day = 1; day <= 30; day++) {
            Instant now = month.plus(Duration.ofDays(day));
            double[] errors = new double[FLEETS];
            double[] straight = new double[FLEETS];
            int within = 0;
            for (int seed = 0; seed < FLEETS; seed++) {
                TreeMap<Instant, Long> spend = fleet(seed);
                double truth = sum(spend, month, end);
                SpendForecast.Outlook outlook =
                        forecast.project(spend.headMap(now), START, month, end, now, ZONE);
                errors[seed] = Math.abs(outlook.expected() - truth) / truth;
                double line = sum(spend, month, now) * 31.0 / day;
                straight[seed] = Math.abs(line - truth) / truth;
                within += outlook.p10() <= truth && truth <= outlook.p90() ? 1 : 0;
            }
            Arrays.sort(errors);
            Arrays.sort(straight);
            medians[day] = errors[FLEETS / 2];
            covered += (double) within / FLEETS;
            days++;
            System.out.printf(
                    "%3d   %5.1f %%  %5.1f %%         %5.1f %%           %3d %%%n",
                    day,
                    errors[FLEETS / 2] * 100,
                    errors[FLEETS * 9 / 10] * 100,
                    straight[FLEETS / 2] * 100,
                    within * 100 / FLEETS);
        }
        System.out.printf("within the band on average: %.0f %%%n", covered / days * 100);
        assertThat(medians[1]).isLessThan(0.2);
        assertThat(medians[10]).isLessThan(0.15);
        assertThat(medians[25]).isLessThan(0.05);
        assertThat(covered / days).isBetween(0.65, 0.95);
    }

    @Test
    void whatIsAlwaysTheSameIsForeseenToTheDollar() {
        TreeMap<Instant, Long> spend = new TreeMap<>();
        for (int hour = 0; hour < 24 * 60; hour++) {
            spend.put(START.plus(Duration.ofHours(hour)), 1_000_000L);
        }
        Instant now = START.plus(Duration.ofDays(40)).plus(Duration.ofMinutes(30));
        Instant month = Instant.parse("2026-09-01T00:00:00Z");
        Instant end = Instant.parse("2026-10-01T00:00:00Z");
        SpendForecast.Outlook outlook =
                forecast.project(spend.headMap(now), START, month, end, now, ZONE);
        assertThat(outlook.isEarly()).isFalse();
        // The running half hour counts as spent, and half an hour more is expected.
        assertThat(outlook.expected()).isBetween(719_500_000L, 721_000_000L);
        assertThat(outlook.p10()).isEqualTo(outlook.expected());
        assertThat(outlook.p90()).isEqualTo(outlook.expected());
    }

    @Test
    void underThreeDaysItIsAStraightLineAndSaysSo() {
        TreeMap<Instant, Long> spend = new TreeMap<>();
        spend.put(START.plus(Duration.ofHours(30)), 2_000_000L);
        Instant end = START.plus(Duration.ofDays(31));
        SpendForecast.Outlook outlook =
                forecast.project(spend, START, START, end, START.plus(Duration.ofDays(2)), ZONE);
        assertThat(outlook)
                .isEqualTo(
                        new SpendForecast.Outlook(
                                2_000_000, 31_000_000, 31_000_000, 31_000_000, true));
    }

    @Test
    void whoSpendsNothingIsExpectedToSpendNothing() {
        Instant now = START.plus(Duration.ofDays(20));
        SpendForecast.Outlook outlook =
                forecast.project(
                        new TreeMap<>(), START, START, START.plus(Duration.ofDays(31)), now, ZONE);
        assertThat(outlook).isEqualTo(new SpendForecast.Outlook(0, 0, 0, 0, false));
    }

    /** Days and weekends, a drift of the level, days that err, and now and then a burst. */
    private static TreeMap<Instant, Long> fleet(int seed) {
        Random random = new Random(seed);
        TreeMap<Instant, Long> spend = new TreeMap<>();
        double drift = 1 + (random.nextDouble() - 0.4) * 0.006;
        double level = 200_000 + random.nextInt(2_000_000);
        double ofDay = 1;
        for (int hour = 0; hour < 24 * 92; hour++) {
            ZonedDateTime at = START.plus(Duration.ofHours(hour)).atZone(ZONE);
            if (at.getHour() == 0) {
                level *= drift;
                ofDay = Math.exp(random.nextGaussian() * 0.25);
                if (random.nextInt(30) == 0) {
                    ofDay *= 3;
                }
            }
            double usual = at.getHour() >= 8 && at.getHour() < 19 ? 1 : 0.15;
            if (at.getDayOfWeek().getValue() > 5) {
                usual *= 0.3;
            }
            double micros = level * ofDay * usual * Math.exp(random.nextGaussian() * 0.6);
            spend.put(at.toInstant(), Math.round(micros));
        }
        return spend;
    }

    private static double sum(SortedMap<Instant, Long> spend, Instant from, Instant to) {
        return spend.subMap(from, to).values().stream().mapToLong(Long::longValue).sum();
    }
}
