package dev.wolverine.query;

import dev.wolverine.db.model.ServerState;
import java.time.Instant;

/**
 * A server as it is shown: its state with our verdict.
 *
 * @param since when the status began, as well as we know
 * @param reason one sentence: `2 of 8 routes failing`
 * @param clock what is known of its clock
 */
public record ServerView(
        ServerState state, Status status, Instant since, String reason, ClockSkew clock) {}
