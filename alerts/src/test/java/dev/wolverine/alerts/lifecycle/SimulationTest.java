package dev.wolverine.alerts.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.alerts.notify.Notification;
import dev.wolverine.alerts.notify.NotificationCodec;
import dev.wolverine.db.alert.AlertEvent.Change;
import dev.wolverine.db.alert.AlertRecord;
import dev.wolverine.db.alert.Fingerprint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/**
 * Five hundred days of a platform on which everything goes wrong, held against what the whole
 * history says and against what people were told.
 */
@NullUnmarked
final class SimulationTest {

    private static final long SEEDS = 500;
    private static final long TICK = SimulatedDay.TICK_MILLIS;

    private int firings;
    private int tellings;
    private int crashes;

    @Test
    void whateverHappensAlertsAreWhatTheHistorySaysAndPeopleAreTold() {
        LongStream.range(0, SEEDS).forEach(seed -> check(seed, new SimulatedDay(seed).run()));
        System.out.printf(
                "simulation: %d days, %d firings, %d tellings, %d crashes and lost answers%n",
                SEEDS, firings, tellings, crashes);
        assertThat(firings).isGreaterThan(10_000);
        assertThat(crashes).isGreaterThan(10_000);
    }

    private void check(long seed, SimulatedDay day) {
        String what = "seed " + seed;
        crashes += day.crashes + day.lost;
        Map<Fingerprint, List<Oracle.Firing>> actual = firings(day);
        day.seen.forEach((fingerprint, history) ->
                assertThat(actual.getOrDefault(fingerprint, List.of()))
                        .as(what + " " + day.ruleOf.get(fingerprint).name())
                        .isEqualTo(Oracle.firings(history, day.ruleOf.get(fingerprint).policy())));
        checkTold(what, day);
    }

    private Map<Fingerprint, List<Oracle.Firing>> firings(SimulatedDay day) {
        Map<UUID, Long> fired = new HashMap<>();
        Map<UUID, Long> resolved = new HashMap<>();
        List<UUID> order = new ArrayList<>();
        for (StoredAlerts.Stamped one : day.stored.events) {
            if (one.event().change() == Change.FIRED) {
                assertThat(fired.put(one.event().alertId(), one.ran())).isNull();
                order.add(one.event().alertId());
            } else if (one.event().change() == Change.RESOLVED) {
                assertThat(resolved.put(one.event().alertId(), one.ran())).isNull();
            }
        }
        Map<Fingerprint, List<Oracle.Firing>> firings = new HashMap<>();
        for (UUID id : order) {
            AlertRecord alert = day.stored.alerts.get(id);
            firings.computeIfAbsent(alert.fingerprint(), _ -> new ArrayList<>())
                    .add(new Oracle.Firing(fired.get(id), resolved.getOrDefault(id, -1L)));
        }
        this.firings += order.size();
        return firings;
    }

    /** What one channel hears that loses messages and repeats them. */
    private void checkTold(String what, SimulatedDay day) {
        Map<UUID, Integer> versions = new HashMap<>();
        Map<UUID, Long> lastSent = new HashMap<>();
        Map<UUID, Notification.State> told = new HashMap<>();
        for (StoredAlerts.Sent sent : day.stored.outbox) {
            Notification notification = NotificationCodec.read(sent.entry().payload());
            tellings++;
            UUID group = notification.groupId();
            assertThat(notification.version())
                    .as(what + ": versions without gaps")
                    .isEqualTo(versions.merge(group, 1, Integer::sum));
            boolean byItself =
                    notification.members().stream()
                            .noneMatch(member ->
                                    member.state() == Notification.State.ACKNOWLEDGED
                                            || told.get(member.alertId())
                                                    == Notification.State.ACKNOWLEDGED);
            boolean over = notification.state() == Notification.State.RESOLVED;
            Long before = lastSent.put(group, sent.ran());
            if (before != null && byItself && !over) {
                long least =
                        notification.version() == 2
                                ? GroupRule.STANDARD.gather().toMillis()
                                : GroupRule.STANDARD.interval().toMillis();
                assertThat(sent.ran() - before)
                        .as(what + ": not too often")
                        .isGreaterThanOrEqualTo(least);
            }
            for (Notification.Member member : notification.members()) {
                Notification.State last = told.put(member.alertId(), member.state());
                assertThat(
                                last == Notification.State.RESOLVED
                                        && member.state() != Notification.State.RESOLVED)
                        .as(what + ": what is over is not told to fire")
                        .isFalse();
            }
        }
        checkNoneMissed(what, day, told);
        checkDelivery(what, day);
    }

    /**
     * Who fired, and was not explained by a server that is down, was told of within the interval.
     */
    private void checkNoneMissed(
            String what, SimulatedDay day, Map<UUID, Notification.State> told) {
        long latest = day.stored.ran - GroupRule.STANDARD.interval().toMillis() - TICK;
        Map<UUID, Long> fired = new HashMap<>();
        Map<UUID, Long> resolved = new HashMap<>();
        Set<UUID> inhibited = new HashSet<>();
        for (StoredAlerts.Stamped one : day.stored.events) {
            if (one.event().change() == Change.FIRED) {
                fired.put(one.event().alertId(), one.ran());
            } else if (one.event().change() == Change.RESOLVED) {
                resolved.put(one.event().alertId(), one.ran());
            } else if (one.event().change() == Change.INHIBITED) {
                inhibited.add(one.event().alertId());
            }
        }
        fired.forEach((id, at) -> {
            AlertRecord alert = day.stored.alerts.get(id);
            if (!inhibited.contains(id) && at < latest) {
                assertThat(told).as(what + ": told of " + alert.kind()).containsKey(id);
            }
            if (told.containsKey(id) && resolved.getOrDefault(id, latest) < latest) {
                assertThat(told.get(id))
                        .as(what + ": told that it is over")
                        .isEqualTo(Notification.State.RESOLVED);
            }
        });
    }

    /** Messages are lost and repeated on their way; the channel shows the newest version. */
    private void checkDelivery(String what, SimulatedDay day) {
        Random way = new Random(what.hashCode());
        List<StoredAlerts.Sent> waiting = new ArrayList<>(day.stored.outbox);
        Map<UUID, Integer> shown = new HashMap<>();
        Map<UUID, Integer> newest = new HashMap<>();
        waiting.forEach(
                sent -> newest.merge(sent.entry().groupId(), sent.entry().version(), Math::max));
        while (!waiting.isEmpty()) {
            int pick = way.nextInt(Math.min(4, waiting.size()));
            StoredAlerts.Sent sent = waiting.get(pick);
            if (way.nextInt(3) != 0) {
                shown.merge(sent.entry().groupId(), sent.entry().version(), Math::max);
                if (way.nextInt(10) != 0) {
                    waiting.remove(pick); // Otherwise its answer was lost, and it is sent again.
                }
            }
        }
        assertThat(shown).as(what).isEqualTo(newest);
    }
}
