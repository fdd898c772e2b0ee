/** Measures how fast questions are answered. */
@NullMarked
package dev.wolverine.bench.query;

import org.jspecify.annotations.NullMarked;
