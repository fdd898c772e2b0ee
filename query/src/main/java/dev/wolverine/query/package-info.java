@NullMarked
package dev.wolverine.query;

import org.jspecify.annotations.NullMarked;
