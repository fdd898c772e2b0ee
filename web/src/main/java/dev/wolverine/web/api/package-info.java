/** The operations of openapi.yaml, one handler for each group. */
@NullMarked
package dev.wolverine.web.api;

import org.jspecify.annotations.NullMarked;
