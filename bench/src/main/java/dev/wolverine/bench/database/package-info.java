@NullMarked
package dev.wolverine.bench.database;

import org.jspecify.annotations.NullMarked;
