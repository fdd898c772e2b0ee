/** The composition root: which parts there are, and how they are put together. */
@NullMarked
package dev.wolverine.web.app;

import org.jspecify.annotations.NullMarked;
