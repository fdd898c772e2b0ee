package dev.wolverine.db.model;

import java.util.UUID;

/** What has become of a key, for every process that still takes it for what it was. */
public record KeyChange(UUID organisationId, String keyId, Kind kind) {

    /** The names are what travels between processes. */
    public enum Kind {
        /** Revoked, expired or evicted: for good. */
        ENDED,
        /** Bound to another instance. */
        REBOUND
    }

    public static KeyChange ended(UUID organisationId, String keyId) {
        return new KeyChange(organisationId, keyId, Kind.ENDED);
    }

    public static KeyChange rebound(UUID organisationId, String keyId) {
        return new KeyChange(organisationId, keyId, Kind.REBOUND);
    }
}
