package dev.wolverine.bench.proxy;

import java.time.Duration;

/** What a proxy does to all that passes through it. */
public sealed interface Toxic {

    /** Passes everything on. */
    record None() implements Toxic {}

    /** Each piece is late by a base and up to a jitter more, in order. */
    record Latency(Duration base, Duration jitter) implements Toxic {}

    /** Slow, in small pieces, as over a bad line. */
    record Bandwidth(int bytesPerSecond) implements Toxic {}

    /** Nothing passes until the toxic is taken away; then all that waited does. */
    record Stall() implements Toxic {}

    /**
     * What is sent gets lost, nothing comes back, and nobody is told: a cable was pulled. New
     * connections are as dead.
     */
    record HalfOpen() implements Toxic {}

    /**
     * Both sides are reset in the middle of a piece.
     *
     * @param chance of each piece, 0 to 1
     */
    record Reset(double chance) implements Toxic {}

    /**
     * A request arrives, its answer is thrown away, and both sides are reset.
     *
     * @param chance of each piece of an answer, 0 to 1
     */
    record DropAnswers(double chance) implements Toxic {}
}
