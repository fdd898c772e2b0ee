package dev.wolverine.db.reader;

import dev.wolverine.db.ledger.UsageDimension;

/**
 * What was used of one series in one slot of time, by one server or by the fleet.
 *
 * @param slot number of the slot, from 0
 * @param server instance id; empty: the fleet
 * @param key of the dimension: a model, for instance; of a model within a category, the model
 * @param category of a model within a category, else empty
 */
public record UsageGroup(
        int slot,
        String server,
        UsageDimension dimension,
        String key,
        String category,
        UsageAmounts amounts) {}
