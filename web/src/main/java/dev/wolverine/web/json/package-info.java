/** How values are written as JSON: streamed, never through a tree. */
@NullMarked
package dev.wolverine.web.json;

import org.jspecify.annotations.NullMarked;
