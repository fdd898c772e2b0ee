@NullMarked
package dev.wolverine.bench.compare;

import org.jspecify.annotations.NullMarked;
