package dev.wolverine.db.model;

import java.util.Locale;

/**
 * What a principal may do, from most to least; {@link #INGEST} is a machine that only writes
 * heartbeats.
 */
public enum Role {
    OWNER,
    ADMIN,
    OPERATOR,
    VIEWER,
    AUDITOR,
    INGEST;

    /** The name used in the API, the command line and the database: lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the role with this {@link #label()}. */
    public static Role ofLabel(String label) {
        for (Role role : values()) {
            if (role.label().equals(label)) {
                return role;
            }
        }
        throw new IllegalArgumentException(
                "role: "
                        + label
                        + " (expected: owner, admin, operator, viewer, auditor or ingest)");
    }

    /** Whether this role may read the organisation's fleet. */
    public boolean mayRead() {
        return this != INGEST;
    }

    /** Whether this role may create and revoke keys. */
    public boolean mayManageKeys() {
        return this == OWNER || this == ADMIN;
    }

    /** Whether this role may look after the fleet. */
    public boolean mayOperate() {
        return mayManageKeys() || this == OPERATOR;
    }

    /**
     * Whether this role may write heartbeats: a credential that reads is kept apart from one that
     * writes.
     */
    public boolean mayIngest() {
        return this == INGEST;
    }
}
