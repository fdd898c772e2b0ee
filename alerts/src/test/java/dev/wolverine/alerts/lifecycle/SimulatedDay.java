package dev.wolverine.alerts.lifecycle;

import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.rule.Condition;
import dev.wolverine.alerts.rule.Policy;
import dev.wolverine.alerts.rule.Rule;
import dev.wolverine.alerts.rule.RuleKind;
import dev.wolverine.alerts.rule.RuleParameters;
import dev.wolverine.alerts.rule.Selector;
import dev.wolverine.alerts.rule.ServerFacts;
import dev.wolverine.db.alert.AlertBatch;
import dev.wolverine.db.alert.AlertRecord;
import dev.wolverine.db.alert.AlertRecord.Subject;
import dev.wolverine.db.alert.Fingerprint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;

/**
 * A day of one organisation on a platform that crashes, loses its database, has its clock set and
 * stands still, all from one seed.
 */
@NullUnmarked
final class SimulatedDay {

    static final long TICK_MILLIS = 60_000;

    private static final Instant MIDNIGHT = Instant.parse("2026-11-21T00:00:00Z");
    private static final UUID ORGANISATION = new UUID(1, 1);
    private static final int SERVERS = 5;
    private static final int LEAST_PHASE = 12;

    private final Random random;
    private final Map<Long, Rule> rules = new TreeMap<>();
    private final Map<Integer, ServerFacts> servers = new TreeMap<>();
    private final Map<Fingerprint, Truth> truths = new LinkedHashMap<>();
    private final Lifecycle lifecycle = new Lifecycle();
    final StoredAlerts stored = new StoredAlerts();
    final Map<Fingerprint, List<Oracle.Seen>> seen = new LinkedHashMap<>();
    final Map<Fingerprint, Rule> ruleOf = new LinkedHashMap<>();
    private Board board;
    private Duration clockError = Duration.ZERO;
    int crashes;
    int lost;

    /** What is really so of one subject: phases of random length. */
    private final class Truth {
        private final Rule rule;
        private final Subject subject;
        private Condition condition = Condition.FALSE;
        private int left = random.nextInt(100);

        Truth(Rule rule, Subject subject) {
            this.rule = rule;
            this.subject = subject;
        }

        Condition next() {
            if (left-- <= 0) {
                condition = condition == Condition.TRUE ? Condition.FALSE : Condition.TRUE;
                left = LEAST_PHASE + random.nextInt(condition == Condition.TRUE ? 80 : 250);
            }
            return random.nextInt(20) == 0 ? Condition.NO_DATA : condition;
        }
    }

    SimulatedDay(long seed) {
        random = new Random(seed);
        rule(1, RuleKind.SERVER_DOWN, Duration.ZERO, Duration.ZERO);
        rule(2, RuleKind.ROUTE_DOWN, Duration.ofSeconds(60), Duration.ofSeconds(120));
        rule(3, RuleKind.BACKUP_STALE, Duration.ofMinutes(5), Duration.ZERO);
        for (int id = 1; id <= SERVERS; id++) {
            String tag = id % 2 == 0 ? "even" : "odd";
            servers.put(
                    id,
                    new ServerFacts(
                            id,
                            ORGANISATION,
                            "wlv_" + id,
                            "server" + id,
                            "1",
                            new TreeSet<>(List.of(tag))));
            for (Rule rule : rules.values()) {
                Subject subject = new Subject(id, "server" + id, tag, new TreeMap<>());
                Fingerprint fingerprint = new Fingerprint(rule.id(), id, subject.labels());
                truths.put(fingerprint, new Truth(rule, subject));
                seen.put(fingerprint, new ArrayList<>());
                ruleOf.put(fingerprint, rule);
            }
        }
        board = load();
    }

    private void rule(long id, RuleKind kind, Duration hold, Duration keep) {
        rules.put(
                id,
                new Rule(
                        id,
                        ORGANISATION,
                        "rule" + id,
                        1,
                        RuleParameters.of(kind, Map.of()),
                        Selector.ALL,
                        Optional.of(Severity.ERROR),
                        new Policy(hold, keep, 1, 1, Policy.NoData.HOLD),
                        Optional.empty()));
    }

    SimulatedDay run() {
        long ticks = Duration.ofHours(24).toMillis() / TICK_MILLIS;
        for (long tick = 0; tick < ticks; tick++) {
            tick(tick);
        }
        return this;
    }

    private void tick(long tick) {
        Map<Fingerprint, Condition> conditions = new LinkedHashMap<>();
        truths.forEach((fingerprint, truth) -> conditions.put(fingerprint, truth.next()));
        disturb();
        if (random.nextInt(12) == 0) {
            return; // Away, or standing still: time goes on, judging does not.
        }
        if (board.head() != stored.head) {
            board = load();
        }
        long ran = stored.ran + (random.nextInt(10) == 0 ? TICK_MILLIS / 3 : TICK_MILLIS);
        Instant at = MIDNIGHT.plusMillis(tick * TICK_MILLIS).plus(clockError);
        Moment now = new Moment(at, ran);
        conditions.forEach((fingerprint, condition) -> {
            Truth truth = truths.get(fingerprint);
            board.observe(
                    truth.rule,
                    truth.subject,
                    new Observation(condition, 2, "it is so", "{}", true, false),
                    now);
        });
        board.settle(now);
        store(conditions, ran);
    }

    private void store(Map<Fingerprint, Condition> conditions, long ran) {
        Optional<AlertBatch.OfOrganisation> changes = board.changes();
        int luck = random.nextInt(40);
        if (luck == 0) {
            lost++;
            board = load();
            return; // The database was away: nothing of this tick was ever so.
        }
        changes.ifPresent(batch -> stored.write(batch, ran));
        stored.ran = ran;
        conditions.forEach((fingerprint, condition) ->
                seen.get(fingerprint).add(new Oracle.Seen(ran, condition)));
        if (luck <= 2) {
            crashes++;
            board = load(); // It was stored, but nobody knows; or the process died just after.
        } else {
            board.stored();
        }
    }

    private void disturb() {
        if (random.nextInt(300) == 0) {
            clockError = Duration.ofMinutes(random.nextInt(3_000) - 1_500);
        }
        if (random.nextInt(60) == 0) {
            List<AlertRecord> firing =
                    stored.alerts.values().stream().filter(AlertRecord::isFiring).toList();
            if (!firing.isEmpty()) {
                AlertRecord alert = firing.get(random.nextInt(firing.size()));
                Lifecycle.Action action =
                        alert.isAcknowledged()
                                ? Lifecycle.Action.UNACKNOWLEDGE
                                : Lifecycle.Action.ACKNOWLEDGE;
                lifecycle
                        .act(
                                alert,
                                new Lifecycle.Wish(action, null, ""),
                                "somebody",
                                new Moment(MIDNIGHT, stored.ran))
                        .ifPresent(stored::byHand);
            }
        }
    }

    private Board load() {
        return new Board(
                ORGANISATION,
                stored.load(List.of()),
                rules,
                servers::get,
                () -> new UUID(random.nextLong(), random.nextLong()),
                GroupRule.STANDARD,
                Optional.empty());
    }
}
