package dev.wolverine.db.model;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a call, as proved by its credential.
 *
 * @param organisationId the organisation that every query of this call is scoped to
 * @param role what it may do
 * @param subject for logs and records: `key:<key id>` or `user:<e-mail>`, never a secret
 * @param instanceId the one instance that this key may write for; null: any of the organisation
 */
public record Principal(
        UUID organisationId, Role role, String subject, @Nullable String instanceId) {

    /** The subject of who comes with a key. */
    public static String subjectOfKey(String keyId) {
        return "key:" + keyId;
    }
}
