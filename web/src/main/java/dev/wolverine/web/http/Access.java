package dev.wolverine.web.http;

import dev.wolverine.db.model.Role;
import java.util.function.Predicate;

/** Who may call an operation. */
public enum Access {
    /** Anybody; a credential is not looked at. */
    PUBLIC(role -> true, "any"),

    /** Keys alone: what theirs may do is for the intake to say. */
    KEY(role -> true, "any"),

    /** Keys and people that may see the fleet. */
    READ(Role::mayRead, "one that may read"),

    /** Keys and people that look after the fleet. */
    OPERATE(Role::mayOperate, "owner, admin or operator"),

    /** Keys and people that may make and end keys. */
    MANAGE_KEYS(Role::mayManageKeys, "owner or admin"),

    /** People: the session cookie alone. */
    SESSION(role -> true, "any"),

    /** As READ, and without a credential from this machine itself. */
    READ_OR_LOCAL(Role::mayRead, "one that may read"),

    /** As READ; without a credential the first message brings it. */
    READ_OR_LATER(Role::mayRead, "one that may read");

    private final Predicate<Role> roles;
    private final String expectedRole;

    Access(Predicate<Role> roles, String expectedRole) {
        this.roles = roles;
        this.expectedRole = expectedRole;
    }

    public boolean admits(Role role) {
        return roles.test(role);
    }

    /** For messages. */
    String expectedRole() {
        return expectedRole;
    }
}
