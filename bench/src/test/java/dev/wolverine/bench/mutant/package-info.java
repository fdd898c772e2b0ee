@NullMarked
package dev.wolverine.bench.mutant;

import org.jspecify.annotations.NullMarked;
