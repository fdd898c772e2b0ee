package dev.wolverine.query;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The hourly uptime once more, told apart from the database: asks of every quarter of a second
 * whether it was covered, and by which beat. All times are whole quarters of a second.
 */
final class BruteForceUptime {

    static final long TICK_MILLIS = 250;

    private static final long GRACE_MILLIS = 150_000;
    private static final long INTERVAL_MILLIS = 60_000;

    private final TreeMap<Long, TestBeat> beats = new TreeMap<>();
    private final List<Window> windows;

    /** A time in which the platform was away. */
    record Window(Instant from, Instant to) {
        boolean holds(long millis) {
            return millis >= from.toEpochMilli() && millis < to.toEpochMilli();
        }
    }

    BruteForceUptime(int server, Collection<TestBeat> all, List<Window> windows) {
        for (TestBeat beat : all) {
            if (beat.server() == server) {
                beats.put(beat.timestamp().toEpochMilli(), beat);
            }
        }
        this.windows = windows;
    }

    /** The hours with some uptime, as {@link UptimeDatabase#rows} writes them. */
    Map<Instant, String> hours() {
        Map<Instant, String> hours = new TreeMap<>();
        if (beats.isEmpty()) {
            return hours;
        }
        Instant last = Instant.ofEpochMilli(beats.lastKey()).plus(Duration.ofHours(1));
        Instant hour = Instant.ofEpochMilli(beats.firstKey()).truncatedTo(ChronoUnit.HOURS);
        for (; !hour.isAfter(last); hour = hour.plus(Duration.ofHours(1))) {
            String row = hour(hour.toEpochMilli());
            if (!row.isEmpty()) {
                hours.put(hour, row);
            }
        }
        return hours;
    }

    private String hour(long begin) {
        long end = begin + 3_600_000;
        long alive = 0;
        long late = 0;
        long serving = 0;
        long aliveBlind = 0;
        for (long now = begin; now < end; now += TICK_MILLIS) {
            Map.Entry<Long, TestBeat> beat = beats.floorEntry(now);
            if (beat == null || !covers(beat.getKey(), now)) {
                continue;
            }
            TestBeat by = beat.getValue();
            alive++;
            if (by.receivedAt().toEpochMilli() - beat.getKey() > GRACE_MILLIS) {
                late++;
            }
            boolean unhealthy = by.unhealthyRoutes() != null && by.unhealthyRoutes() > 0;
            if (by.status() != TestBeat.DOWN && !unhealthy) {
                serving++;
            }
            long instant = now;
            if (windows.stream().anyMatch(window -> window.holds(instant))) {
                aliveBlind++;
            }
        }
        if (alive == 0) {
            return "";
        }
        SortedMap<Long, TestBeat> inside = beats.subMap(begin, end);
        return UptimeDatabase.row(
                inside.size(),
                inside.isEmpty() ? "null" : String.valueOf(inside.firstKey() - begin),
                alive * TICK_MILLIS,
                late * TICK_MILLIS,
                serving * TICK_MILLIS,
                aliveBlind * TICK_MILLIS);
    }

    private boolean covers(long beat, long now) {
        Long next = beats.higherKey(beat);
        boolean followed = next != null && next - beat <= GRACE_MILLIS;
        return followed || now - beat < INTERVAL_MILLIS;
    }
}
