/** What the platform stores and how: the ports that the other modules use. Drivers stay inside. */
@NullMarked
package dev.wolverine.db;

import org.jspecify.annotations.NullMarked;
