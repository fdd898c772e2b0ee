/** Delivers what happened to people: channels, outbox, retries. */
@NullMarked
package dev.wolverine.alerts.notify;

import org.jspecify.annotations.NullMarked;
