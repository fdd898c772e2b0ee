package dev.wolverine.db.postgres;

import dev.wolverine.db.model.LiveEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where {@link LiveEventStore} takes events from. */
public sealed interface LiveSource permits RepairEvents, AuditEvents, AlertEvents {

    /** An event without a number. */
    record Draft(
            UUID organisationId,
            LiveEvent.Kind kind,
            @Nullable String instanceId,
            Instant at,
            String content) {}

    /**
     * Takes what was not taken yet, oldest first: in the transaction that publishes it, of which
     * there is one at a time.
     */
    List<Draft> take(Connection connection, int limit) throws SQLException;
}
