/** What is stored of alerts: rules, alerts and their events, groups, silences. */
@NullMarked
package dev.wolverine.db.alert;

import org.jspecify.annotations.NullMarked;
