/** The short way of heartbeats over HTTP, past the router. */
@NullMarked
package dev.wolverine.web.lane;

import org.jspecify.annotations.NullMarked;
