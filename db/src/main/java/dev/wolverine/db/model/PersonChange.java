package dev.wolverine.db.model;

import java.util.List;

/**
 * What became of a change of a person.
 *
 * @param endedSessions the sessions that ended with it
 */
public record PersonChange(Outcome outcome, List<SessionEnd> endedSessions) {

    /** Whether it was made, else why not. */
    public enum Outcome {
        DONE,
        /** The organisation has nobody with this id. */
        UNKNOWN,
        /** The person, or the role that they would get, is above who asks. */
        ABOVE,
        /** An organisation keeps an owner who can log in. */
        LAST_OWNER
    }

    /** One that was not made. */
    public static PersonChange refused(Outcome outcome) {
        return new PersonChange(outcome, List.of());
    }

    public static PersonChange done(List<SessionEnd> endedSessions) {
        return new PersonChange(Outcome.DONE, endedSessions);
    }
}
