@NullMarked
package dev.wolverine.bench.chaos;

import org.jspecify.annotations.NullMarked;
