@NullMarked
package dev.wolverine.db.ledger;

import org.jspecify.annotations.NullMarked;
