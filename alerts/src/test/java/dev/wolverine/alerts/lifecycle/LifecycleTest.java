package dev.wolverine.alerts.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.alerts.rule.Condition;
import dev.wolverine.alerts.rule.Policy;
import dev.wolverine.db.alert.AlertEvent;
import dev.wolverine.db.alert.AlertRecord;
import dev.wolverine.db.alert.AlertRecord.Marks;
import dev.wolverine.db.alert.AlertRecord.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked
final class LifecycleTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final Lifecycle lifecycle = new Lifecycle();
    private final List<AlertEvent.Change> changes = new ArrayList<>();
    private AlertRecord alert;
    private Duration clockError = Duration.ZERO;
    private long minute;

    @Test
    void firesAfterItWasTrueForLongEnoughAndIsResolvedAfterItWasFalseForLongEnough() {
        Policy policy = policy(5, 3, 1, 1);
        minutes(policy, "TTTTT");
        assertThat(alert.state()).isEqualTo(State.PENDING);
        minutes(policy, "T");
        assertThat(alert.state()).isEqualTo(State.FIRING);
        minutes(policy, "FFF");
        assertThat(alert.state()).isEqualTo(State.FIRING);
        minutes(policy, "F");
        assertThat(alert.state()).isEqualTo(State.RESOLVED);
        minutes(policy, "TTTTTT");
        assertThat(alert.state()).as("another one").isEqualTo(State.FIRING);
        assertThat(changes)
                .containsExactly(
                        AlertEvent.Change.PENDING,
                        AlertEvent.Change.FIRED,
                        AlertEvent.Change.RESOLVED,
                        AlertEvent.Change.PENDING,
                        AlertEvent.Change.FIRED);
    }

    @Test
    void whatIsFalseAgainNeverFires() {
        minutes(policy(5, 0, 1, 1), "TTTF");
        assertThat(alert).isNull();
    }

    @Test
    void aClockThatJumpsChangesNothing() {
        Policy policy = policy(60, 60, 1, 1);
        minutes(policy, "TT");
        clockError = Duration.ofDays(1);
        minutes(policy, "TT");
        clockError = Duration.ofDays(-1);
        minutes(policy, "TT");
        assertThat(alert.state()).isEqualTo(State.PENDING);
    }

    @Test
    void missingDataIsNoRecoveryAndNoGroundsForFiring() {
        Policy policy = policy(4, 2, 1, 1);
        minutes(policy, "TT----TT");
        assertThat(alert.state()).isEqualTo(State.PENDING);
        minutes(policy, "TT");
        assertThat(alert.state()).isEqualTo(State.FIRING);
        minutes(policy, "F----------");
        assertThat(alert.state()).isEqualTo(State.FIRING);
        minutes(policy, "FFF");
        assertThat(alert.state()).isEqualTo(State.RESOLVED);
    }

    @Test
    void mOfNForgivesWhatIsTrueNowAndThen() {
        Policy policy = policy(0, 0, 3, 5);
        minutes(policy, "TFTF");
        assertThat(alert.state()).isEqualTo(State.PENDING);
        minutes(policy, "T");
        assertThat(alert.state()).isEqualTo(State.FIRING);
    }

    @Test
    void whatGoesOnAndOffIsOneFlappingAlert() {
        Policy policy = policy(0, 0, 1, 1);
        minutes(policy, "TFTFTFTFT");
        assertThat(alert.state()).isEqualTo(State.FIRING);
        assertThat(alert.marks().flapping()).isTrue();
        long fired = changes.stream().filter(AlertEvent.Change.FIRED::equals).count();
        minutes(policy, "FTFTFTFT");
        assertThat(changes.stream().filter(AlertEvent.Change.FIRED::equals)).hasSize((int) fired);
        minutes(policy, "F".repeat(20));
        assertThat(alert.state()).isEqualTo(State.RESOLVED);
    }

    @Test
    void whatWasResolvedByHandStaysSoWhileItLastsButNotForEver() {
        Policy policy = policy(0, 0, 1, 1);
        minutes(policy, "TT");
        alert =
                lifecycle
                        .act(
                                alert,
                                new Lifecycle.Wish(Lifecycle.Action.RESOLVE, null, ""),
                                "user:a",
                                now())
                        .orElseThrow()
                        .after()
                        .orElseThrow();
        minutes(policy, "TTTT");
        assertThat(alert.state()).isEqualTo(State.RESOLVED);
        minutes(policy, "FT");
        assertThat(alert.state()).isEqualTo(State.FIRING);
    }

    /** An evaluation a minute: true, false, or nobody can tell. */
    private void minutes(Policy policy, String conditions) {
        for (char each : conditions.toCharArray()) {
            minute++;
            Condition condition =
                    switch (each) {
                        case 'T' -> Condition.TRUE;
                        case 'F' -> Condition.FALSE;
                        default -> Condition.NO_DATA;
                    };
            Lifecycle.Step step =
                    lifecycle.judge(
                            alert,
                            this::pending,
                            new Observation(condition, 2, "so it is", "{}", true, false),
                            policy,
                            now());
            alert = step.after().orElse(null);
            step.events().forEach(event -> changes.add(event.change()));
        }
    }

    private Moment now() {
        return new Moment(NOON.plus(clockError), Duration.ofMinutes(minute).toMillis());
    }

    private static Policy policy(int hold, int keep, int least, int of) {
        return new Policy(
                Duration.ofMinutes(hold), Duration.ofMinutes(keep), least, of, Policy.NoData.HOLD);
    }

    private AlertRecord pending() {
        return new AlertRecord(
                UUID.randomUUID(),
                new UUID(0, 1),
                1,
                1,
                "threshold",
                new AlertRecord.Subject(1, "shop", "", new TreeMap<>()),
                State.PENDING,
                2,
                "so it is",
                "{}",
                now().at(),
                null,
                now().at(),
                null,
                new AlertRecord.Timing(now().ran(), now().ran(), -1, -1, -1, 0, 0),
                Marks.NONE,
                null,
                AlertRecord.Told.NOTHING);
    }
}
