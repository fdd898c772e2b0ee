/** The one way out: requests to addresses that people have typed in. */
@NullMarked
package dev.wolverine.alerts.outbound;

import org.jspecify.annotations.NullMarked;
