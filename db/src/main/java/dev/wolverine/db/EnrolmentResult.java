package dev.wolverine.db;

import dev.wolverine.db.model.KeyChange;
import dev.wolverine.db.model.KeyRecord;
import java.util.List;
import java.util.Locale;

/** What a registration led to. */
public sealed interface EnrolmentResult {

    /**
     * The instance has a key of its own now.
     *
     * @param again whether it had one before, which goes on beside this one
     * @param ended keys of the same instance that had to make room
     */
    record Issued(KeyRecord key, boolean again, List<KeyChange> ended) implements EnrolmentResult {}

    /** No key. */
    record Refused(Reason reason) implements EnrolmentResult {}

    /** Why there is no key; also the metric's tag. None of them depends on what instances exist. */
    enum Reason {
        /** There is no credential, and no pairing window is open. */
        CLOSED,
        /** The URL's token is unknown, expired or revoked. */
        BAD_TOKEN,
        /** A person has to approve it first. */
        PENDING_APPROVAL,
        /** A person said no. */
        REJECTED,
        /** As many wait already as may, in all or from this address. */
        PENDING_FULL,
        /** The token has let as many instances in as it may. */
        INSTANCE_LIMIT,
        /** The token has made as many keys within the hour as it may. */
        TOO_FAST,
        /** As many runners as may be use keys of this very instance at this time. */
        COLLISION;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
