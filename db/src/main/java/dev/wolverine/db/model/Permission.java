package dev.wolverine.db.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can be allowed. Which {@link Role} has which is said by the file roles.csv alone. */
public enum Permission {
    /** Write heartbeats. */
    INGEST,
    /** See the fleet. */
    READ,
    /** Look after the fleet, and see what instances sent as they sent it. */
    OPERATE,
    /** Make and end keys, and open ways to enrol. */
    MANAGE_KEYS,
    /** Invite people, change their roles, and end their access. */
    MANAGE_PEOPLE,
    /** Read the audit log. */
    AUDIT,
    /** One's own password and sessions: people alone have them. */
    OWN_ACCOUNT;

    /** The name in roles.csv and in the description of the interface: lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** For messages: the roles that have it, as `owner, admin or operator`. */
    public String roles() {
        List<String> labels =
                Arrays.stream(Role.values())
                        .filter(role -> role.may(this))
                        .map(Role::label)
                        .toList();
        String last = labels.getLast();
        return labels.size() == 1
                ? last
                : labels.stream().limit(labels.size() - 1).collect(Collectors.joining(", "))
                        + " or "
                        + last;
    }
}
