package dev.wolverine.web.app;

import dev.wolverine.alerts.engine.AlertEngine;
import dev.wolverine.alerts.lifecycle.Board;
import dev.wolverine.db.alert.AlertBatch;
import dev.wolverine.db.alert.AlertRecord;
import dev.wolverine.db.redis.LiveState;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Keeps the alerts that fire in Redis, as they are stored. */
record LiveAlerts(LiveState live) implements AlertEngine.BatchListener {

    @Override
    public void stored(AlertBatch.OfOrganisation batch, Board board) {
        Map<String, Double> firing = new HashMap<>();
        for (AlertRecord alert : board.open()) {
            Instant since = alert.firingSince();
            if (since != null) {
                firing.put(alert.id().toString(), (double) since.toEpochMilli());
            }
        }
        live.offerAlerts(batch.organisationId(), firing);
    }
}
