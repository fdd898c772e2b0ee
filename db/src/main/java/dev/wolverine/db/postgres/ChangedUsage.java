package dev.wolverine.db.postgres;

import dev.wolverine.db.ledger.UsageKey;
import java.time.Instant;
import java.util.UUID;

/**
 * That some server of an organisation used more or less in a quarter of an hour than was stored.
 *
 * @param quarter quarters of an hour since 1970, UTC
 */
record ChangedUsage(UUID organisationId, long quarter) implements Comparable<ChangedUsage> {

    static ChangedUsage of(UUID organisationId, Instant bucket) {
        return new ChangedUsage(organisationId, bucket.toEpochMilli() / UsageKey.QUARTER_MILLIS);
    }

    Instant bucket() {
        return Instant.ofEpochMilli(quarter * UsageKey.QUARTER_MILLIS);
    }

    @Override
    public int compareTo(ChangedUsage other) {
        int order = organisationId.compareTo(other.organisationId);
        return order == 0 ? Long.compare(quarter, other.quarter) : order;
    }
}
