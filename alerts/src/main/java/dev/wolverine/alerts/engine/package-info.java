/** Drives judging: from commits and time to stored alerts. */
@NullMarked
package dev.wolverine.alerts.engine;

import org.jspecify.annotations.NullMarked;
