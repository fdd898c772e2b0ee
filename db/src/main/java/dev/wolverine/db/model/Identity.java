package dev.wolverine.db.model;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who sent a heartbeat: an instance id means nothing without its organisation. */
public record Identity(UUID organisationId, String instanceId) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Identity that
                && instanceId.equals(that.instanceId)
                && organisationId.equals(that.organisationId);
    }

    /** By hand, as equals is: it is asked for several times a beat. */
    @Override
    public int hashCode() {
        return 31 * organisationId.hashCode() + instanceId.hashCode();
    }
}
