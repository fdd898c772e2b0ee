@NullMarked
package dev.wolverine.bench.measure;

import org.jspecify.annotations.NullMarked;
