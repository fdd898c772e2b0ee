/** One class a statement, and the pools that they run on: the only place that knows SQL. */
@NullMarked
package dev.wolverine.db.postgres;

import org.jspecify.annotations.NullMarked;
