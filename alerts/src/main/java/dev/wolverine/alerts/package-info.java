@NullMarked
package dev.wolverine.alerts;

import org.jspecify.annotations.NullMarked;
