package dev.wolverine.db.alert;

import dev.wolverine.db.model.DetectorState;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * All that follows from judging once, to be stored in one transaction.
 *
 * @param before where judging was: if the stored progress is another, nothing is stored
 * @param after where it is then
 * @param detectorStates of distinct servers
 */
public record AlertBatch(
        Progress before,
        Progress after,
        List<OfOrganisation> organisations,
        List<DetectorState> detectorStates) {

    public AlertBatch {
        organisations = List.copyOf(organisations);
        detectorStates = List.copyOf(detectorStates);
    }

    /**
     * How far judging is.
     *
     * @param cursor of the commits
     * @param ran milliseconds that were judged, ever
     */
    public record Progress(long cursor, long ran, Instant judgedAt) {}

    /**
     * @param head the newest event that was known: if there is a newer one, nothing is stored
     * @param alerts new or changed
     * @param cleared pending alerts that never fired: not kept
     */
    public record OfOrganisation(
            UUID organisationId,
            long head,
            Collection<AlertRecord> alerts,
            Set<UUID> cleared,
            List<AlertEvent> events,
            Collection<AlertGroup> groups,
            List<OutboxEntry> outbox) {

        public OfOrganisation {
            alerts = List.copyOf(alerts);
            cleared = Set.copyOf(cleared);
            events = List.copyOf(events);
            groups = List.copyOf(groups);
            outbox = List.copyOf(outbox);
        }

        public boolean isEmpty() {
            return alerts.isEmpty()
                    && cleared.isEmpty()
                    && events.isEmpty()
                    && groups.isEmpty()
                    && outbox.isEmpty();
        }
    }
}
