@NullMarked
package dev.wolverine.bench.stream;

import org.jspecify.annotations.NullMarked;
