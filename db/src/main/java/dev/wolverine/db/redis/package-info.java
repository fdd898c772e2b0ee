/**
 * Live state in Redis: a copy for others to read and to be woken by. It may be lost at any moment,
 * and comes back.
 */
@NullMarked
package dev.wolverine.db.redis;

import org.jspecify.annotations.NullMarked;
