package dev.wolverine.alerts.evaluation;

import dev.wolverine.alerts.leak.MemorySample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;

/**
 * Draws one series of three days. Base, noise, garbage collection, load, interval, losses, gaps and
 * replays are all drawn anew, so that two series of a kind have little in common.
 */
final class SeriesGenerator {

    private static final int DAY = 86_400;
    private static final int HOUR = 3_600;
    private static final int LENGTH = 3 * DAY;

    private final MemoryShape shape;
    private final String name;
    private final Random random;

    private final int interval;
    private final double base;
    private final double noise;
    private final double gcAmplitude;
    private final double gcPeriod;
    private final double loadAmplitude;
    private final double loadPhase;
    private final double dayVariation;
    private final double cacheSize;
    private final double cacheSeconds;
    private final double lazySize;
    private final double lazySeconds;
    private final double batchSize;
    private final int batchStart;
    private final int batchLength;
    private final double warmupSeconds;
    private final double leakPerHour;
    private final int leakStart;
    private final int stairSeconds;
    private final double limit;
    private final double wanderSize;
    private final double wanderSeconds;
    private final int[] deploys;

    private int pid;
    private int childStart;
    private int runnerStart;
    private int version = 1;
    private double leaked;
    private double pendingStair;
    private double wander;
    private double gcPosition;
    private double versionBase;

    SeriesGenerator(MemoryShape shape, long seed) {
        this(shape, seed, OptionalDouble.empty());
    }

    /**
     * @param slopeMbPerHour of its leak; drawn if empty
     */
    SeriesGenerator(MemoryShape shape, long seed, OptionalDouble slopeMbPerHour) {
        this.shape = shape;
        name = shape.name().toLowerCase(Locale.ROOT) + "-" + seed;
        random = new Random(seed * 31 + shape.ordinal());
        random.nextLong();
        boolean mixed = shape == MemoryShape.MIXED || shape == MemoryShape.MIXED_LEAK;
        interval = pick(60, 60, 60, 60, 60, 60, 30, 15, 120, 300);
        base = logUniform(50, 900);
        noise = logUniform(0.3, 0.02 * base + 1);
        boolean sawtooth = shape == MemoryShape.SAWTOOTH || mixed || chance(0.5);
        gcAmplitude = sawtooth ? base * uniform(0.03, 0.6) : base * uniform(0, 0.03);
        gcPeriod = logUniform(90, 2_700);
        boolean diurnal = shape == MemoryShape.DIURNAL || shape == MemoryShape.LOAD_LEAK || mixed;
        loadAmplitude = diurnal ? base * uniform(0.05, 0.5) : base * uniform(0, 0.03);
        loadPhase = uniform(0, DAY);
        dayVariation = uniform(0, 0.15);
        boolean caching = shape == MemoryShape.CACHE_FILL || mixed && chance(0.5);
        cacheSize = caching ? base * uniform(0.2, 1.5) : 0;
        cacheSeconds = logUniform(0.4 * HOUR, 10 * HOUR);
        lazySize = shape == MemoryShape.LAZY_HEAP ? base * uniform(0.1, 0.5) : 0;
        lazySeconds = uniform(1, 5) * HOUR;
        boolean batches = shape == MemoryShape.BATCH || mixed && chance(0.5);
        batchSize = batches ? base * uniform(0.2, 1.5) : 0;
        batchStart = (int) uniform(0, DAY);
        batchLength = (int) uniform(0.3 * HOUR, 4 * HOUR);
        warmupSeconds = logUniform(60, 1_500);
        boolean leaking = shape.leaks();
        double drawn = shape == MemoryShape.FAST_LEAK ? logUniform(90, 600) : logUniform(2, 90);
        leakPerHour = leaking ? slopeMbPerHour.orElse(drawn) : 0;
        leakStart = !leaking ? Integer.MAX_VALUE : chance(0.3) ? 0 : (int) uniform(HOUR, 36 * HOUR);
        stairSeconds = (int) uniform(0.3 * HOUR, 3 * HOUR);
        limit = limitOf(base + cacheSize + gcAmplitude + loadAmplitude);
        boolean wandering = shape == MemoryShape.WANDERING || mixed && chance(0.3);
        wanderSize = wandering ? base * uniform(0.02, 0.15) : 0;
        wanderSeconds = logUniform(0.3 * HOUR, 4 * HOUR);
        deploys = deployTimes(mixed);
        versionBase = base;
        pid = 1_000 + random.nextInt(30_000);
        // Half of the servers have been up for days when the series begins.
        childStart = chance(0.5) ? 0 : -(int) uniform(HOUR, 5 * DAY);
        runnerStart = childStart;
        gcPosition = random.nextDouble();
    }

    LabelledSeries generate() {
        List<MemorySample> samples = life();
        if (shape == MemoryShape.SHARED_ID) {
            samples = withSecondServer(samples);
        }
        samples = withLosses(samples);
        if (chance(0.4)) {
            samples = withReplay(samples);
        }
        return new LabelledSeries(
                name,
                shape.name(),
                samples,
                shape.leaks() ? OptionalLong.of(leakStart) : OptionalLong.empty(),
                shape.leaks() ? OptionalDouble.of(leakPerHour) : OptionalDouble.empty(),
                shape == MemoryShape.MASKED_LEAK || shape == MemoryShape.FAST_LEAK);
    }

    /** The limit at which a leaking child is restarted: 512 MB is the client's own. */
    private double limitOf(double normal) {
        double roomy = normal * uniform(1.3, 2.5);
        return normal < 400 && chance(0.6) ? 512 : roomy + 30;
    }

    private int[] deployTimes(boolean mixed) {
        int count =
                shape == MemoryShape.DEPLOYS
                        ? 1 + random.nextInt(5)
                        : mixed ? random.nextInt(3) : shape.leaks() && chance(0.15) ? 1 : 0;
        int[] times = new int[count];
        for (int i = 0; i < count; i++) {
            times[i] = (int) uniform(0, LENGTH);
        }
        Arrays.sort(times);
        return times;
    }

    private List<MemorySample> life() {
        List<MemorySample> samples = new ArrayList<>(LENGTH / interval);
        double crashesPerStep =
                shape == MemoryShape.RESTARTING ? interval / (uniform(3, 24) * HOUR) : 0;
        boolean restarts = shape == MemoryShape.MASKED_LEAK || shape == MemoryShape.FAST_LEAK;
        int deployed = 0;
        for (int now = random.nextInt(interval); now < LENGTH; now += interval) {
            leak(now);
            if (deployed < deploys.length && deploys[deployed] <= now) {
                deployed++;
                version++;
                versionBase = base * uniform(0.85, 1.25);
                restart(now, true);
            } else if (random.nextDouble() < crashesPerStep) {
                restart(now, chance(0.2));
            }
            double memory = memory(now);
            if (restarts && memory >= limit) {
                restart(now, chance(0.1));
                memory = memory(now);
            }
            boolean justStarted = now == childStart && now > 0;
            samples.add(
                    new MemorySample(
                            now,
                            (int) Math.round(justStarted ? uniform(45, 90) : Math.max(10, memory)),
                            pid,
                            now - runnerStart + (chance(0.1) ? 1 : 0),
                            "1." + version));
        }
        return samples;
    }

    private void leak(int now) {
        if (now < leakStart) {
            return;
        }
        double growth = leakPerHour * interval / HOUR;
        switch (shape) {
            case LOAD_LEAK -> leaked += growth * Math.max(0.1, 1 + 0.9 * load(now));
            case STAIRCASE_LEAK -> {
                pendingStair += growth;
                if (random.nextDouble() < (double) interval / stairSeconds) {
                    leaked += pendingStair;
                    pendingStair = 0;
                }
            }
            default -> leaked += growth * uniform(0.5, 1.5);
        }
    }

    private double memory(int now) {
        double age = Math.max(0, now - childStart);
        gcPosition += interval / gcPeriod * uniform(0.7, 1.3);
        gcPosition -= Math.floor(gcPosition);
        wander +=
                -wander * interval / wanderSeconds
                        + wanderSize
                                * random.nextGaussian()
                                * Math.sqrt(2.0 * interval / wanderSeconds);
        int sinceBatch = Math.floorMod(now - batchStart, DAY);
        double day = 1 + dayVariation * Math.sin(12.9898 * Math.floorDiv(now, DAY) + loadPhase);
        return versionBase * (1 - 0.4 * Math.exp(-age / warmupSeconds))
                + noise * random.nextGaussian()
                + gcAmplitude * gcPosition
                + loadAmplitude * (1 + load(now)) / 2 * day
                + cacheSize * (1 - Math.exp(-age / cacheSeconds))
                + lazySize * Math.min(1, age / lazySeconds)
                + (sinceBatch < batchLength ? batchSize * Math.min(1, sinceBatch / 600.0) : 0)
                + wander
                + leaked;
    }

    /** From -1 at night to 1 in the day. */
    private double load(int now) {
        return Math.sin(2 * Math.PI * (now - loadPhase) / DAY);
    }

    private void restart(int now, boolean runnerToo) {
        pid = 1_000 + random.nextInt(30_000);
        childStart = now;
        if (runnerToo) {
            runnerStart = now;
        }
        leaked = 0;
        pendingStair = 0;
    }

    private List<MemorySample> withSecondServer(List<MemorySample> first) {
        MemoryShape other = chance(0.5) ? MemoryShape.FLAT : MemoryShape.DIURNAL;
        List<MemorySample> both = new ArrayList<>(first);
        both.addAll(new SeriesGenerator(other, random.nextInt(1_000_000)).life());
        both.sort((one, two) -> Long.compare(one.second(), two.second()));
        return both;
    }

    private List<MemorySample> withLosses(List<MemorySample> samples) {
        double loss = chance(0.8) ? 0.01 : uniform(0.02, 0.25);
        int gaps = random.nextInt(4);
        long[] from = new long[gaps];
        long[] until = new long[gaps];
        for (int i = 0; i < gaps; i++) {
            from[i] = (long) uniform(0, LENGTH);
            until[i] = from[i] + (long) logUniform(300, 5 * HOUR);
        }
        List<MemorySample> kept = new ArrayList<>(samples.size());
        for (MemorySample sample : samples) {
            boolean inGap = false;
            for (int i = 0; i < gaps; i++) {
                inGap |= sample.second() >= from[i] && sample.second() < until[i];
            }
            if (!inGap && random.nextDouble() >= loss) {
                kept.add(sample);
            }
        }
        return kept;
    }

    /**
     * Some beats come late: the live one first, then the queue of the minutes or hours before it.
     */
    private List<MemorySample> withReplay(List<MemorySample> samples) {
        List<MemorySample> arrived = new ArrayList<>(samples);
        int bursts = 1 + random.nextInt(3);
        for (int i = 0; i < bursts && arrived.size() > 400; i++) {
            int length = 10 + random.nextInt(240);
            int start = random.nextInt(arrived.size() - length);
            Collections.rotate(arrived.subList(start, start + length), 1);
        }
        return arrived;
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    private double uniform(double least, double most) {
        return least + (most - least) * random.nextDouble();
    }

    private double logUniform(double least, double most) {
        return Math.exp(uniform(Math.log(least), Math.log(Math.max(least, most))));
    }

    private int pick(int... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
