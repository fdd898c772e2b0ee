@NullMarked
package dev.wolverine.alerts.evaluation;

import org.jspecify.annotations.NullMarked;
