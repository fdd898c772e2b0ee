/** The live feed: the fleet over WebSockets. */
@NullMarked
package dev.wolverine.web.live;

import org.jspecify.annotations.NullMarked;
