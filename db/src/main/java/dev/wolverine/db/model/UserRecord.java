package dev.wolverine.db.model;

import java.util.UUID;

/**
 * A person with the organisation that they log in to.
 *
 * @param passwordHash Argon2id as a PHC string; never logged
 */
public record UserRecord(
        UUID id,
        String email,
        String passwordHash,
        UUID organisationId,
        String organisationName,
        Role role) {

    @Override
    public String toString() {
        return "UserRecord[" + email + "]";
    }
}
