@NullMarked
package dev.wolverine.db;

import org.jspecify.annotations.NullMarked;
