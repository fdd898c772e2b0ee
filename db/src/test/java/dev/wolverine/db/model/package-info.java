@NullMarked
package dev.wolverine.db.model;

import org.jspecify.annotations.NullMarked;
