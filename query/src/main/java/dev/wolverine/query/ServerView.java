package dev.wolverine.query;

import dev.wolverine.db.model.ServerMarks;
import dev.wolverine.db.model.ServerState;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * A server as it is shown: its state with our verdict.
 *
 * @param since when the status began, as well as we know
 * @param reason why, without the time: `2 of 8 routes failing`
 * @param clock what is known of its clock
 * @param rhythm what is known of the pace of its beats
 * @param marks what people say of it
 */
public record ServerView(
        ServerState state,
        Status status,
        Instant since,
        String reason,
        ClockSkew clock,
        Rhythm rhythm,
        ServerMarks marks) {

    private static final Duration SAME_DAY = Duration.ofHours(12);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final DateTimeFormatter DAY_AND_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    /** Whether it is put away: a beat that came later has brought it back. */
    public boolean archived() {
        Instant at = marks.archivedAt();
        return at != null && !at.isBefore(state.lastSeen());
    }

    /**
     * Status, reason and since in one sentence: `degraded: 2 of 8 routes failing since 14:02 UTC`.
     * With the day where that is not plain: half a day before the last beat, or in silence, which
     * nobody knows the length of.
     */
    public String sentence() {
        if (status == Status.UNKNOWN) {
            return status.label() + ": " + reason;
        }
        boolean silent = reason.equals(StatusRule.SILENT);
        boolean sameDay = Duration.between(since, state.lastSeen()).abs().compareTo(SAME_DAY) < 0;
        DateTimeFormatter format = sameDay && !silent ? TIME : DAY_AND_TIME;
        return status.label() + ": " + reason + " since " + format.format(since);
    }

    ServerView since(Instant other) {
        return new ServerView(state, status, other, reason, clock, rhythm, marks);
    }

    ServerView marked(ServerMarks other) {
        return new ServerView(state, status, since, reason, clock, rhythm, other);
    }
}
