@NullMarked
package dev.wolverine.alerts.leak;

import org.jspecify.annotations.NullMarked;
