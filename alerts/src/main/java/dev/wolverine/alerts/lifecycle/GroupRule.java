package dev.wolverine.alerts.lifecycle;

import dev.wolverine.db.alert.AlertGroup;
import dev.wolverine.db.alert.AlertRecord;
import dev.wolverine.db.alert.AlertRecord.Told;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * When a group of alerts is told: its first alert at once, those of the next half minute together,
 * then at most every five minutes; what somebody did, and that all is over, at once; and again
 * after hours in which nobody acknowledged it. Pure.
 *
 * @param gather from the first alert to the second telling
 * @param interval between tellings of what happens by itself
 * @param repeat while something fires that nobody has acknowledged
 */
public record GroupRule(Duration gather, Duration interval, Duration repeat) {

    public static final GroupRule STANDARD =
            new GroupRule(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofHours(4));

    /** What is to be done with a group now, and why. */
    public enum Decision {
        /** Nothing that was not told. */
        KEEP,
        /** Something, but not yet. */
        WAIT,
        FIRST,
        CHANGED,
        BY_HAND,
        OVER,
        REPEAT,
        /** All is over, told, and long enough ago. */
        CLOSE;

        public boolean tells() {
            return this == FIRST
                    || this == CHANGED
                    || this == BY_HAND
                    || this == OVER
                    || this == REPEAT;
        }
    }

    Decision decide(AlertGroup group, Collection<AlertRecord> members, Moment now) {
        List<AlertRecord> untold = members.stream().filter(GroupRule::isUntold).toList();
        boolean over = members.stream().noneMatch(AlertRecord::isOpen);
        if (untold.isEmpty()) {
            return settled(group, members, over, now);
        }
        if (group.version() == 0) {
            return Decision.FIRST;
        }
        if (over) {
            return Decision.OVER;
        }
        if (untold.stream().anyMatch(GroupRule::isByHand)) {
            return Decision.BY_HAND;
        }
        boolean due =
                group.version() == 1
                        ? now.isPast(group.openedRan(), gather)
                        : now.isPast(group.sentRan(), interval);
        return due ? Decision.CHANGED : Decision.WAIT;
    }

    private Decision settled(
            AlertGroup group, Collection<AlertRecord> members, boolean over, Moment now) {
        if (over) {
            return group.version() == 0 || now.isPast(group.sentRan(), interval)
                    ? Decision.CLOSE
                    : Decision.KEEP;
        }
        boolean waits =
                members.stream()
                        .anyMatch(alert ->
                                alert.isFiring()
                                        && !alert.isAcknowledged()
                                        && !alert.marks().isQuiet());
        return waits && now.isPast(group.sentRan(), repeat) ? Decision.REPEAT : Decision.KEEP;
    }

    /** What its group is to tell of it. */
    static Told toTell(AlertRecord alert) {
        if (!alert.isOpen()) {
            return Told.RESOLVED;
        }
        return alert.isAcknowledged() ? Told.ACKNOWLEDGED : Told.FIRING;
    }

    private static boolean isUntold(AlertRecord alert) {
        return alert.told() != toTell(alert) && (!alert.marks().isQuiet() || !alert.isOpen());
    }

    private static boolean isByHand(AlertRecord alert) {
        return alert.isOpen()
                && alert.told() != Told.NOTHING
                && (toTell(alert) == Told.ACKNOWLEDGED || alert.told() == Told.ACKNOWLEDGED);
    }
}
