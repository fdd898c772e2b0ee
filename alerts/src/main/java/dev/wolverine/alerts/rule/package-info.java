/** Rules: what is judged, of whom, and how strictly. */
@NullMarked
package dev.wolverine.alerts.rule;

import org.jspecify.annotations.NullMarked;
