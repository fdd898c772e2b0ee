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

    private static final RoleMatrix MATRIX = RoleMatrix.load();

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

    /** Whether roles.csv says so. */
    public boolean may(Permission permission) {
        return MATRIX.allows(this, permission);
    }

    /** Whether who has this role may give the other to somebody, or take it: none above its own. */
    public boolean reaches(Role other) {
        return compareTo(other) <= 0;
    }

    /**
     * Whether this role may write heartbeats: a credential that reads is kept apart from one that
     * writes.
     */
    public boolean mayIngest() {
        return may(Permission.INGEST);
    }
}
