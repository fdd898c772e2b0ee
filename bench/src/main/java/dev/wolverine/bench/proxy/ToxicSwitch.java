package dev.wolverine.bench.proxy;

import java.util.SplittableRandom;

/** The toxic of the moment, and the wait for its end. Thread-safe. */
final class ToxicSwitch {
    private final SplittableRandom random;
    private Toxic toxic = new Toxic.None();

    ToxicSwitch(long seed) {
        random = new SplittableRandom(seed);
    }

    synchronized Toxic current() {
        return toxic;
    }

    synchronized void set(Toxic next) {
        toxic = next;
        notifyAll();
    }

    /** True with this chance. */
    synchronized boolean strikes(double chance) {
        return random.nextDouble() < chance;
    }

    /** A share of this jitter, milliseconds. */
    synchronized long jitter(long millis) {
        return millis == 0 ? 0 : random.nextLong(millis);
    }

    /** Returns when things pass again, in whatever way. */
    synchronized void awaitPassage() throws InterruptedException {
        while (toxic instanceof Toxic.Stall || toxic instanceof Toxic.HalfOpen) {
            wait();
        }
    }
}
