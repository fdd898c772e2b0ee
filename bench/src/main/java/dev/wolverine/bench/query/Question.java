package dev.wolverine.bench.query;

import java.util.function.IntFunction;

/**
 * Something that is asked again and again.
 *
 * @param name for people
 * @param aimMs milliseconds that half of the answers are to take at most
 * @param path of the n-th time, so that no two of them need be the same
 */
record Question(String name, double aimMs, IntFunction<String> path) {}
