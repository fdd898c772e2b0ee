package dev.wolverine.alerts.notify;

import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.notify.Notification.Member;
import dev.wolverine.alerts.notify.Notification.State;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/** Notifications for tests. */
public final class Notifications {

    public static final Instant AT = Instant.parse("2026-11-21T10:00:00Z");

    private Notifications() {}

    public static Notification firing(UUID organisation, UUID group, int version) {
        return of(organisation, group, version, State.FIRING, 1);
    }

    public static Notification of(
            UUID organisation, UUID group, int version, State state, int members) {
        return new Notification(
                UUID.randomUUID(),
                organisation,
                group,
                version,
                state,
                Severity.CRITICAL,
                "Crash loop on shop-1",
                "crash loop",
                "crash_loop",
                IntStream.rangeClosed(1, Math.min(members, Notification.MAX_MEMBERS))
                        .mapToObj(number -> member(state, "shop-" + number))
                        .toList(),
                members,
                AT,
                Optional.of("https://wolverine.example/alerts/" + group),
                Optional.of("https://wiki.example/crash-loop"));
    }

    public static Member member(State state, String subject) {
        return new Member(
                UUID.randomUUID(),
                state,
                Severity.CRITICAL,
                subject,
                "3 restarts in 10 min",
                AT.minusSeconds(60),
                state == State.RESOLVED ? Optional.of(AT) : Optional.empty(),
                state == State.ACKNOWLEDGED ? Optional.of("ann@example.com") : Optional.empty());
    }
}
