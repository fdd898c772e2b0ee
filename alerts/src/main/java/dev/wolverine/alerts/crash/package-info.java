@NullMarked
package dev.wolverine.alerts.crash;

import org.jspecify.annotations.NullMarked;
