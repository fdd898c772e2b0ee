@NullMarked
package dev.wolverine.bench.fleet;

import org.jspecify.annotations.NullMarked;
