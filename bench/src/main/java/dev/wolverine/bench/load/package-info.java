@NullMarked
package dev.wolverine.bench.load;

import org.jspecify.annotations.NullMarked;
