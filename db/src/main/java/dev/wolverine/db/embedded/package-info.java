/**
 * A PostgreSQL and a Redis of the platform's own, started and watched by it in a data directory.
 */
@NullMarked
package dev.wolverine.db.embedded;

import org.jspecify.annotations.NullMarked;
