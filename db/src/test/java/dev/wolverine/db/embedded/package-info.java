@NullMarked
package dev.wolverine.db.embedded;

import org.jspecify.annotations.NullMarked;
