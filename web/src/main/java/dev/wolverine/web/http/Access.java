package dev.wolverine.web.http;

import dev.wolverine.db.model.Permission;
import dev.wolverine.db.model.Role;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who may call an operation: with which credential, and which permission its role must have. */
public enum Access {
    /** Anybody; a credential is not looked at. */
    PUBLIC(null),

    /** Keys alone. The intake asks for the role, in the words of the client protocol. */
    KEY(Permission.INGEST) {
        @Override
        public boolean admits(Role role) {
            return true;
        }
    },

    /** Keys and people that may see the fleet. */
    READ(Permission.READ),

    /** Keys and people that look after the fleet. */
    OPERATE(Permission.OPERATE),

    /** Keys and people that may make and end keys. */
    MANAGE_KEYS(Permission.MANAGE_KEYS),

    /** Keys and people that look after people. */
    MANAGE_PEOPLE(Permission.MANAGE_PEOPLE),

    /** Keys and people that may read the audit log. */
    AUDIT(Permission.AUDIT),

    /** People: the session cookie alone. */
    SESSION(Permission.OWN_ACCOUNT),

    /** As READ, and without a credential from this machine itself. */
    READ_OR_LOCAL(Permission.READ),

    /** As READ; without a credential the first message brings it. */
    READ_OR_LATER(Permission.READ);

    private final @Nullable Permission permission;

    Access(@Nullable Permission permission) {
        this.permission = permission;
    }

    /** What the caller's role must allow; empty where nobody has to say who calls. */
    public Optional<Permission> permission() {
        return Optional.ofNullable(permission);
    }

    public boolean admits(Role role) {
        return permission == null || role.may(permission);
    }

    /** For messages. */
    String expectedRole() {
        return permission == null ? "any" : permission.roles();
    }
}
