package dev.wolverine.alerts.notify;

import dev.wolverine.alerts.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a channel is told about a group of alerts: all that a message needs, as of one version of
 * the group. A later version replaces an earlier one.
 *
 * @param eventId the same on every try
 * @param groupId of the incident: its messages belong together
 * @param version of the group, from 1
 * @param state of the worst member
 * @param rule its name
 * @param kind of the rule, in lower case
 * @param members the worst first, at most {@value #MAX_MEMBERS}
 * @param memberCount of all members
 * @param link to the group in the dashboard; empty if no public address is configured
 * @param runbook a link that the rule carries
 */
public record Notification(
        UUID eventId,
        UUID organisation,
        UUID groupId,
        int version,
        State state,
        Severity severity,
        String title,
        String rule,
        String kind,
        List<Member> members,
        int memberCount,
        Instant at,
        Optional<String> link,
        Optional<String> runbook) {

    /** So many members are named. */
    public static final int MAX_MEMBERS = 50;

    public Notification {
        members = List.copyOf(members);
    }

    /** Of a group, or of a member. */
    public enum State {
        FIRING,
        ACKNOWLEDGED,
        RESOLVED,
        /** Not about an alert: somebody tries the channel. */
        TEST
    }

    /**
     * One alert.
     *
     * @param subject the server's name or id, or what else it is about
     * @param acknowledgedBy empty unless acknowledged
     */
    public record Member(
            UUID alertId,
            State state,
            Severity severity,
            String subject,
            String summary,
            Instant since,
            Optional<Instant> resolvedAt,
            Optional<String> acknowledgedBy) {}
}
