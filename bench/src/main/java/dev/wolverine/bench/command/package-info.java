@NullMarked
package dev.wolverine.bench.command;

import org.jspecify.annotations.NullMarked;
