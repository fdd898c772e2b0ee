@NullMarked
package dev.wolverine.bench.ledger;

import org.jspecify.annotations.NullMarked;
