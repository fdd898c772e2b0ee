package dev.wolverine.web;

import dev.wolverine.alerts.notify.AlertActions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what people want done to alerts. */
final class RecordedActions implements AlertActions {

    private final List<String> done = new CopyOnWriteArrayList<>();

    List<String> done() {
        return List.copyOf(done);
    }

    @Override
    public boolean acknowledge(UUID organisation, UUID groupId, String by) {
        return done.add("acknowledge " + organisation + " " + groupId + " by " + by);
    }

    @Override
    public boolean snooze(UUID organisation, UUID groupId, Duration length, String by) {
        return done.add("snooze " + length + " " + organisation + " " + groupId + " by " + by);
    }
}
