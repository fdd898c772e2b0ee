@NullMarked
package dev.wolverine.bench;

import org.jspecify.annotations.NullMarked;
