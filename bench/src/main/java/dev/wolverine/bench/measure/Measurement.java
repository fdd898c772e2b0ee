package dev.wolverine.bench.measure;

import dev.wolverine.bench.load.Acknowledgements;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * Watches a platform for a while, with a checkpoint of the database in the middle. The load is
 * there already, and stays.
 */
public final class Measurement {
    private static final int HALVES = 2;

    /** Tables that take less than this of a beat are not worth a word. */
    private static final double LEAST_BYTES = 1;

    private final PlatformUnderTest platform;
    private final DatabaseProbe database;
    private final Acknowledgements acknowledgements;
    private final Map<String, Long> sizesBefore;
    private final long walBefore;

    /** Call it before the first beat. */
    public Measurement(
            PlatformUnderTest platform, DatabaseProbe database, Acknowledgements acknowledgements)
            throws SQLException {
        this.platform = platform;
        this.database = database;
        this.acknowledgements = acknowledgements;
        sizesBefore = database.sizes();
        walBefore = database.walBytes();
    }

    /** Takes the load away. */
    public interface Rest {
        void rest() throws InterruptedException;
    }

    /** Waits for the end of one half of the time. */
    public interface Half {
        /**
         * @param number 1 or 2
         */
        void await(int number) throws InterruptedException;

        /** Halves of the same length, from now on. */
        static Half of(Duration both) {
            long start = System.nanoTime();
            return number -> {
                long end = start + both.toNanos() * number / HALVES;
                Thread.sleep(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            };
        }
    }

    /**
     * Measures.
     *
     * @param others more beats that this platform gets and that are not looked at one by one
     * @param rest rests the load
     * @param copyFloor whether to compare with a bare COPY after that
     */
    public Figures measure(
            String name, Half half, Optional<Acknowledgements> others, Rest rest, boolean copyFloor)
            throws IOException, SQLException, InterruptedException {
        acknowledgements.takeLatencies();
        LongSupplier beatsUntilNow =
                () ->
                        acknowledgements.acknowledged()
                                + others.map(Acknowledgements::acknowledged).orElse(0L);
        long[] counts = new long[HALVES + 1];
        CpuTimes cpuBefore = platform.cpuTimes();
        long start = System.nanoTime();
        counts[0] = beatsUntilNow.getAsLong();
        half.await(1);
        long middle = System.nanoTime();
        counts[1] = beatsUntilNow.getAsLong();
        Thread checkpoint = checkpoint();
        half.await(2);
        checkpoint.join();
        counts[2] = beatsUntilNow.getAsLong();
        long end = System.nanoTime();
        double seconds = (end - start) / 1e9;
        CpuTimes cpu = platform.cpuTimes().minus(cpuBefore);
        Histogram latencies = acknowledgements.takeLatencies();
        long memoryMb = platform.memoryMb();
        rest.rest();
        awaitSilence();
        long stored = Math.max(1, database.heartbeats());
        long walBytes = database.walBytes() - walBefore;
        Growth growth = growth(stored);
        long beats = counts[2] - counts[0];
        double perMillion = cpu.sum() * 1e6 / Math.max(1, beats);
        double floor = copyFloor ? database.copyFloor().cpuSecondsPerMillion() : 0;
        return new Figures(
                name,
                seconds,
                beats,
                beats / seconds,
                rate(counts[2] - counts[1], end - middle)
                        / rate(counts[1] - counts[0], middle - start),
                cpu,
                latencies.getValueAtPercentile(50) / 1000.0,
                latencies.getValueAtPercentile(99) / 1000.0,
                growth.all(),
                (double) walBytes / stored,
                growth.byTable(),
                acknowledgements.refused(),
                memoryMb,
                floor,
                floor == 0 ? 0 : perMillion / floor);
    }

    private static double rate(long beats, long nanos) {
        return (double) Math.max(1, beats) / nanos;
    }

    private Thread checkpoint() {
        return Thread.startVirtualThread(() -> {
            try {
                database.checkpoint();
            } catch (SQLException e) {
                throw new IllegalStateException("no checkpoint", e);
            }
        });
    }

    private void awaitSilence() throws InterruptedException {
        long before = -1;
        for (long now = acknowledgements.acknowledged();
                now != before;
                now = acknowledgements.acknowledged()) {
            before = now;
            Thread.sleep(500);
        }
    }

    /** Bytes a stored beat. */
    private record Growth(double all, Map<String, Double> byTable) {}

    private Growth growth(long stored) throws SQLException {
        Map<String, Double> byTable = new LinkedHashMap<>();
        double all = 0;
        for (Map.Entry<String, Long> size : database.sizes().entrySet()) {
            long before = sizesBefore.getOrDefault(size.getKey(), 0L);
            double bytes = (double) (size.getValue() - before) / stored;
            all += bytes;
            if (bytes >= LEAST_BYTES) {
                byTable.put(size.getKey(), Math.round(bytes * 10) / 10.0);
            }
        }
        return new Growth(all, byTable);
    }
}
