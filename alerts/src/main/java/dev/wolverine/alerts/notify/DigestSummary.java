package dev.wolverine.alerts.notify;

import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.notify.Notification.State;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What a digest says to people: how many groups are in which state by now, and which are the worst.
 *
 * @param counts groups by the state of their newest version
 * @param worst the newest version of the worst ones, at most {@value #NAMED}
 */
record DigestSummary(int groups, int alerts, Map<State, Integer> counts, List<Notification> worst) {

    static final int NAMED = 10;

    private static final Comparator<Notification> WORST_FIRST =
            Comparator.comparing((Notification one) -> one.state() == State.RESOLVED)
                    .thenComparing(Notification::severity, Comparator.reverseOrder());

    static DigestSummary of(List<Notification> notifications) {
        Map<UUID, Notification> newest = new LinkedHashMap<>();
        for (Notification one : notifications) {
            newest.merge(one.groupId(), one, (a, b) -> a.version() > b.version() ? a : b);
        }
        Map<State, Integer> counts = new EnumMap<>(State.class);
        newest.values().forEach(one -> counts.merge(one.state(), 1, Integer::sum));
        return new DigestSummary(
                newest.size(), alerts(newest.values()), counts, worst(newest.values()));
    }

    Severity severity() {
        return worst.stream()
                .map(Notification::severity)
                .max(Comparator.naturalOrder())
                .orElse(Severity.INFO);
    }

    /** As `12 groups of alerts: 10 firing, 2 resolved`. */
    String headline() {
        StringBuilder text =
                new StringBuilder(groups == 1 ? "1 group of alerts" : groups + " groups of alerts");
        String separator = ": ";
        for (Map.Entry<State, Integer> count : counts.entrySet()) {
            text.append(separator)
                    .append(count.getValue())
                    .append(' ')
                    .append(Wording.state(count.getKey()));
            separator = ", ";
        }
        return text.toString();
    }

    private static int alerts(Collection<Notification> notifications) {
        return notifications.stream().mapToInt(Notification::memberCount).sum();
    }

    private static List<Notification> worst(Collection<Notification> notifications) {
        return notifications.stream().sorted(WORST_FIRST).limit(NAMED).toList();
    }
}
