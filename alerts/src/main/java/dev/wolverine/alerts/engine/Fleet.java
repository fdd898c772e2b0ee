package dev.wolverine.alerts.engine;

import dev.wolverine.db.postgres.SelectServerStates;
import dev.wolverine.db.postgres.SelectServerTags;

/** What the engine reads of servers. */
public record Fleet(SelectServerStates states, SelectServerTags tags, BeatHistory history) {}
