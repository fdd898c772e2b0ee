package dev.wolverine.alerts.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.alert.AlertBatch;
import dev.wolverine.db.alert.AlertEvent;
import dev.wolverine.db.alert.AlertGroup;
import dev.wolverine.db.alert.AlertRecord;
import dev.wolverine.db.alert.Fingerprint;
import dev.wolverine.db.alert.OrganisationAlerts;
import dev.wolverine.db.alert.OutboxEntry;
import dev.wolverine.db.alert.Silence;
import dev.wolverine.db.postgres.AlertStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What the database would hold, with the rules that its indexes enforce. */
final class StoredAlerts {

    final Map<UUID, AlertRecord> alerts = new LinkedHashMap<>();
    final Map<UUID, AlertGroup> groups = new LinkedHashMap<>();
    final List<Stamped> events = new ArrayList<>();
    final List<Sent> outbox = new ArrayList<>();
    long ran;
    long head;

    /** An event, and when it was in time of judging. */
    record Stamped(long ran, AlertEvent event) {}

    /** A version of a group, and when it was in time of judging. */
    record Sent(long ran, OutboxEntry entry) {}

    void write(AlertBatch.OfOrganisation batch, long at) {
        assertThat(batch.head()).as("nobody wrote in between").isEqualTo(head);
        batch.cleared().forEach(alerts::remove);
        batch.alerts().forEach(alert -> alerts.put(alert.id(), alert));
        Set<Fingerprint> open = new HashSet<>();
        for (AlertRecord alert : alerts.values()) {
            if (alert.isOpen()) {
                assertThat(open.add(alert.fingerprint())).as("one open alert each").isTrue();
            }
        }
        batch.groups().forEach(group -> groups.put(group.id(), group));
        batch.events().forEach(event -> events.add(new Stamped(at, event)));
        batch.outbox().forEach(entry -> outbox.add(new Sent(at, entry)));
        head += batch.events().size();
    }

    /** As somebody does through the interface. */
    void byHand(Lifecycle.Step step) {
        step.after().ifPresent(after -> alerts.put(after.id(), after));
        step.events().forEach(event -> events.add(new Stamped(ran, event)));
        head += step.events().size();
    }

    OrganisationAlerts load(List<Silence> silences) {
        return new OrganisationAlerts(
                head,
                List.of(),
                alerts.values().stream()
                        .filter(alert ->
                                alert.isOpen()
                                        || alert.groupId() != null
                                                && alert.told() != AlertRecord.Told.RESOLVED
                                        || alert.timing().resolved()
                                                > ran - AlertStore.REMEMBERED.toMillis())
                        .toList(),
                groups.values().stream().filter(group -> !group.closed()).toList(),
                silences);
    }
}
