/**
 * From stored heartbeats to findings: the memory of each instance, and the judges of each kind of
 * rule.
 */
@NullMarked
package dev.wolverine.alerts.detect;

import org.jspecify.annotations.NullMarked;
