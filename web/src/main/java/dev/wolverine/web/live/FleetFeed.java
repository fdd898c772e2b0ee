package dev.wolverine.web.live;

import dev.wolverine.query.FleetChange;
import dev.wolverine.query.FleetIndex;
import java.util.UUID;
import java.util.function.Consumer;

/** What the live feed needs of {@link FleetIndex}. */
public interface FleetFeed {

    FleetIndex.Subscription subscribe(UUID organisationId, Consumer<FleetChange> listener);

    FleetIndex.Snapshot snapshot(UUID organisationId);

    /** Of the newest change; 0 before the first. */
    long sequence(UUID organisationId);
}
