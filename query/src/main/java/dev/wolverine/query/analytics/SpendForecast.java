package dev.wolverine.query.analytics;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What will have been spent at the end of a period: what was spent already, and for each hour that
 * is left what its hour of the week usually costs, times how dear the last two weeks were against
 * that.
 *
 * <p>The usual hour of the week is an exponentially weighted mean over the last four weeks (weight
 * of the newest 0.3). The band is P10 to P90 over 400 draws in which each day that is left errs as
 * some day of the last four weeks did, and all of them together as the mean of seven, because the
 * level is known no better; the draws are the same each time. With less than three days of history
 * it is a straight line, called an early estimate, without a band.
 *
 * <p>Pure and thread-safe. Money is in micro-dollars.
 */
public final class SpendForecast {

    /** What is to be given as history: four weeks. */
    public static final Duration HISTORY = Duration.ofDays(28);

    private static final Duration LEAST = Duration.ofDays(3);
    private static final Duration LEVEL = Duration.ofDays(14);
    private static final double WEIGHT = 0.3;
    private static final int DAYS_OF_LEVEL = 7;
    private static final int SLOTS = 7 * 24;
    private static final int DRAWS = 400;
    private static final double LOWEST_LEVEL = 0.1;
    private static final double HIGHEST_LEVEL = 10;
    private static final long HOUR = Duration.ofHours(1).toMillis();

    /**
     * How it will be at the end.
     *
     * @param p10 one in ten ends below; the same as {@code expected} of an early estimate
     * @param p90 one in ten ends above
     * @param isEarly whether it is a straight line
     */
    public record Outlook(long spent, long expected, long p10, long p90, boolean isEarly) {}

    /**
     * @param spend by the start of each quarter of an hour, zero ones left out, of the last four
     *     weeks and of the period
     * @param since when the first was spent, or that could have been
     * @param now before {@code end}
     */
    public Outlook project(
            SortedMap<Instant, Long> spend,
            Instant since,
            Instant start,
            Instant end,
            Instant now,
            ZoneId zone) {
        long spent = sum(spend, start, now);
        Instant known = Step.floor(now, Duration.ofHours(1));
        Instant oldest = known.minus(HISTORY);
        Instant first = since.isAfter(oldest) ? Step.floor(since, Duration.ofHours(1)) : oldest;
        if (Duration.between(first, known).compareTo(LEAST) < 0) {
            return straight(spent, start, end, now);
        }
        SortedMap<Instant, Long> hours = hours(spend, first, known);
        double[] profile = profile(hours, zone);
        double level = level(hours, profile, known, zone);
        double[] days = expectedByDay(profile, level, now, end, zone);
        double[] errors = errors(hours, profile, zone);
        double expected = Arrays.stream(days).sum();
        double[] draws = draws(days, errors);
        return new Outlook(
                spent,
                spent + Math.round(expected),
                spent + Math.round(draws[DRAWS / 10]),
                spent + Math.round(draws[DRAWS * 9 / 10]),
                false);
    }

    private static Outlook straight(long spent, Instant start, Instant end, Instant now) {
        double elapsed = Math.max(1, Duration.between(start, now).toMillis());
        long whole = Math.round(spent * (Duration.between(start, end).toMillis() / elapsed));
        return new Outlook(spent, whole, whole, whole, true);
    }

    private static long sum(SortedMap<Instant, Long> spend, Instant from, Instant to) {
        return spend.subMap(from, to).values().stream().mapToLong(Long::longValue).sum();
    }

    /** Every hour, also those without spending. */
    private static SortedMap<Instant, Long> hours(
            SortedMap<Instant, Long> spend, Instant from, Instant to) {
        TreeMap<Instant, Long> hours = new TreeMap<>();
        for (Instant hour = from; hour.isBefore(to); hour = hour.plusMillis(HOUR)) {
            hours.put(hour, 0L);
        }
        spend.subMap(from, to)
                .forEach((at, micros) ->
                        hours.merge(Step.floor(at, Duration.ofHours(1)), micros, Long::sum));
        return hours;
    }

    private static double[] profile(SortedMap<Instant, Long> hours, ZoneId zone) {
        double[] profile = new double[SLOTS];
        boolean[] isKnown = new boolean[SLOTS];
        double sum = 0;
        for (var hour : hours.entrySet()) {
            int slot = slot(hour.getKey(), zone);
            profile[slot] =
                    isKnown[slot]
                            ? WEIGHT * hour.getValue() + (1 - WEIGHT) * profile[slot]
                            : hour.getValue();
            isKnown[slot] = true;
            sum += hour.getValue();
        }
        double mean = sum / hours.size();
        for (int slot = 0; slot < SLOTS; slot++) {
            if (!isKnown[slot]) {
                profile[slot] = sameHourOfOtherDays(profile, isKnown, slot, mean);
            }
        }
        return profile;
    }

    private static double sameHourOfOtherDays(
            double[] profile, boolean[] isKnown, int slot, double mean) {
        double sum = 0;
        int count = 0;
        for (int other = slot % 24; other < SLOTS; other += 24) {
            if (isKnown[other]) {
                sum += profile[other];
                count++;
            }
        }
        return count == 0 ? mean : sum / count;
    }

    private static double level(
            SortedMap<Instant, Long> hours, double[] profile, Instant known, ZoneId zone) {
        double actual = 0;
        double usual = 0;
        for (var hour : hours.tailMap(known.minus(LEVEL)).entrySet()) {
            actual += hour.getValue();
            usual += profile[slot(hour.getKey(), zone)];
        }
        return usual <= 0 ? 1 : Math.clamp(actual / usual, LOWEST_LEVEL, HIGHEST_LEVEL);
    }

    /** What is still to come, by days of 24 hours from now on. */
    private static double[] expectedByDay(
            double[] profile, double level, Instant now, Instant end, ZoneId zone) {
        int count = (int) Math.ceilDiv(Duration.between(now, end).toMillis(), 24 * HOUR);
        double[] days = new double[Math.max(1, count)];
        for (Instant at = now; at.isBefore(end); ) {
            Instant next = Step.floor(at, Duration.ofHours(1)).plusMillis(HOUR);
            Instant until = next.isBefore(end) ? next : end;
            double part = (double) Duration.between(at, until).toMillis() / HOUR;
            int day = (int) (Duration.between(now, at).toMillis() / (24 * HOUR));
            days[day] += profile[slot(at, zone)] * level * part;
            at = until;
        }
        return days;
    }

    /** Of each whole day, what it cost against what was usual. */
    private static double[] errors(SortedMap<Instant, Long> hours, double[] profile, ZoneId zone) {
        double[] errors = new double[(int) HISTORY.toDays()];
        int count = 0;
        double actual = 0;
        double usual = 0;
        int inDay = 0;
        for (var hour : hours.entrySet()) {
            actual += hour.getValue();
            usual += profile[slot(hour.getKey(), zone)];
            if (++inDay == 24) {
                if (usual > 0 && count < errors.length) {
                    errors[count++] = actual / usual;
                }
                actual = 0;
                usual = 0;
                inDay = 0;
            }
        }
        return Arrays.copyOf(errors, count);
    }

    private static double[] draws(double[] days, double[] errors) {
        SplittableRandom random = new SplittableRandom(1);
        double mean = Arrays.stream(errors).average().orElse(1);
        double[] sums = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            double level = 0;
            for (int day = 0; day < DAYS_OF_LEVEL; day++) {
                level += error(errors, mean, random) / DAYS_OF_LEVEL;
            }
            for (double day : days) {
                sums[draw] += day * level * error(errors, mean, random);
            }
        }
        Arrays.sort(sums);
        return sums;
    }

    private static double error(double[] errors, double mean, SplittableRandom random) {
        return errors.length == 0 || mean <= 0 ? 1 : errors[random.nextInt(errors.length)] / mean;
    }

    private static int slot(Instant hour, ZoneId zone) {
        ZonedDateTime local = hour.atZone(zone);
        return (local.getDayOfWeek().getValue() - DayOfWeek.MONDAY.getValue()) * 24
                + local.getHour();
    }
}
