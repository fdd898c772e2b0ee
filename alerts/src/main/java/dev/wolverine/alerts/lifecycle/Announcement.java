package dev.wolverine.alerts.lifecycle;

import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.notify.Notification;
import dev.wolverine.alerts.notify.Notification.Member;
import dev.wolverine.alerts.rule.Rule;
import dev.wolverine.db.alert.AlertGroup;
import dev.wolverine.db.alert.AlertRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a group is told with: the same for every channel, and the same however often it is made. */
final class Announcement {

    private static final Comparator<AlertRecord> WORST_FIRST =
            Comparator.comparing((AlertRecord alert) -> !alert.isOpen())
                    .thenComparing(AlertRecord::isAcknowledged)
                    .thenComparing(AlertRecord::severity, Comparator.reverseOrder())
                    .thenComparing(AlertRecord::pendingSince)
                    .thenComparing(AlertRecord::id);

    private final Optional<String> linkBase;

    Announcement(Optional<String> linkBase) {
        this.linkBase = linkBase;
    }

    /**
     * @param rule null if it is gone
     */
    Notification of(AlertGroup group, @Nullable Rule rule, List<AlertRecord> members, Instant at) {
        List<AlertRecord> sorted = members.stream().sorted(WORST_FIRST).toList();
        List<Member> named =
                sorted.stream().limit(Notification.MAX_MEMBERS).map(Announcement::member).toList();
        String name = rule == null ? "" : rule.name();
        return new Notification(
                eventId(group),
                group.organisationId(),
                group.id(),
                group.version(),
                sorted.isEmpty() ? Notification.State.RESOLVED : state(sorted.getFirst()),
                Severity.values()[group.severity()],
                title(name, sorted),
                name,
                rule == null ? "" : kind(rule),
                named,
                sorted.size(),
                at,
                linkBase.map(base -> base + "/alerts?group=" + group.id()),
                rule == null ? Optional.empty() : rule.runbook());
    }

    static String kind(Rule rule) {
        return rule.kind().name().toLowerCase(Locale.ROOT);
    }

    /** Of the version, not of the try: who makes it again makes the same. */
    private static UUID eventId(AlertGroup group) {
        String name = group.id() + ":" + group.version();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    private static String title(String rule, List<AlertRecord> members) {
        long firing = members.stream().filter(AlertRecord::isOpen).count();
        if (members.size() == 1) {
            return rule + ": " + members.getFirst().subject().name();
        }
        return firing == 0
                ? "%s: all %d resolved".formatted(rule, members.size())
                : "%s: %d of %d firing".formatted(rule, firing, members.size());
    }

    private static Member member(AlertRecord alert) {
        return new Member(
                alert.id(),
                state(alert),
                Severity.values()[alert.severity()],
                alert.subject().name(),
                alert.summary(),
                alert.firingSince() == null ? alert.pendingSince() : alert.firingSince(),
                Optional.ofNullable(alert.resolvedAt()),
                Optional.ofNullable(alert.marks().acknowledgedBy()));
    }

    private static Notification.State state(AlertRecord alert) {
        return switch (GroupRule.toTell(alert)) {
            case RESOLVED -> Notification.State.RESOLVED;
            case ACKNOWLEDGED -> Notification.State.ACKNOWLEDGED;
            default -> Notification.State.FIRING;
        };
    }
}
