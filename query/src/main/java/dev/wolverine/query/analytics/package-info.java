/** What was used and what it cost, how well the fleet was there, and whether budgets hold. */
@NullMarked
package dev.wolverine.query.analytics;

import org.jspecify.annotations.NullMarked;
