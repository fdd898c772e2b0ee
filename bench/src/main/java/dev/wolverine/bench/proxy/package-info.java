@NullMarked
package dev.wolverine.bench.proxy;

import org.jspecify.annotations.NullMarked;
