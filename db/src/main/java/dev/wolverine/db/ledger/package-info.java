/**
 * What follows from a server's heartbeats: usage, repairs, restarts and changes of status, as a
 * pure function of the stored beats.
 */
@NullMarked
package dev.wolverine.db.ledger;

import org.jspecify.annotations.NullMarked;
