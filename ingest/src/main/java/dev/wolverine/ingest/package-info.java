@NullMarked
package dev.wolverine.ingest;

import org.jspecify.annotations.NullMarked;
