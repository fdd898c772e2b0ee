/** Rules as expressions: typed when they are saved, evaluated over beats and windows of them. */
@NullMarked
package dev.wolverine.alerts.expression;

import org.jspecify.annotations.NullMarked;
