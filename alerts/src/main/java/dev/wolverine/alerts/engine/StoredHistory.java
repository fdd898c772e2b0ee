package dev.wolverine.alerts.engine;

import dev.wolverine.alerts.expression.Sample;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.postgres.SelectHistory;
import java.util.ArrayList;
import java.util.List;

/** The history of beats as the database has it. */
public final class StoredHistory {

    private StoredHistory() {}

    public static BeatHistory of(SelectHistory history) {
        return (server, after, until) -> {
            List<Sample> samples = new ArrayList<>();
            history.forEach(
                    server.serverId(),
                    new Identity(server.organisationId(), server.instanceId()),
                    after,
                    until,
                    beat -> samples.add(Sample.of(beat)));
            return samples;
        };
    }
}
