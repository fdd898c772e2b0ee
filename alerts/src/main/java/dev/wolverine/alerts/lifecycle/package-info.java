/**
 * What becomes of an alert: pure functions of what was, what was found, and a moment. Nothing here
 * reads a clock or a database.
 */
@NullMarked
package dev.wolverine.alerts.lifecycle;

import org.jspecify.annotations.NullMarked;
