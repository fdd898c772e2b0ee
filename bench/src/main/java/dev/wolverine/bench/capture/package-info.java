@NullMarked
package dev.wolverine.bench.capture;

import org.jspecify.annotations.NullMarked;
