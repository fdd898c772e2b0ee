/**
 * What the platform knows, as values: no I/O, no SQL, no clock. Numbers that an instance may leave
 * out are primitives with {@link dev.wolverine.db.model.Heartbeat#ABSENT} for "not sent", which is
 * never the same as zero.
 */
@NullMarked
package dev.wolverine.db.model;

import org.jspecify.annotations.NullMarked;
