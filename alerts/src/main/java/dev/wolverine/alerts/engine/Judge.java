package dev.wolverine.alerts.engine;

import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.detect.Detectors;
import dev.wolverine.alerts.expression.Sample;
import dev.wolverine.alerts.lifecycle.Board;
import dev.wolverine.alerts.lifecycle.Moment;
import dev.wolverine.alerts.lifecycle.Observation;
import dev.wolverine.alerts.rule.Condition;
import dev.wolverine.alerts.rule.Finding;
import dev.wolverine.alerts.rule.Rule;
import dev.wolverine.alerts.rule.RuleKind;
import dev.wolverine.alerts.rule.ServerFacts;
import dev.wolverine.db.alert.AlertRecord;
import dev.wolverine.db.alert.AlertRecord.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks every rule about every server it selects, and gives the answers to the board. For one
 * thread.
 */
final class Judge {

    /** What silence or time alone can make true: asked in every round. */
    private static final Set<RuleKind> BY_TIME = Set.of(RuleKind.SERVER_DOWN);

    /** The same, but not in a hurry. */
    private static final Set<RuleKind> BY_TIME_SLOWLY =
            Set.of(RuleKind.BACKUP_STALE, RuleKind.EXPRESSION);

    /** So many servers that fall silent at once while heartbeats cannot be taken are our fault. */
    private static final double OUR_SHARE = 0.2;

    private final Detectors detectors;
    private final ServerDirectory servers;
    private final RecentSamples samples;

    Judge(Detectors detectors, ServerDirectory servers, RecentSamples samples) {
        this.detectors = detectors;
        this.servers = servers;
        this.samples = samples;
    }

    /**
     * Of one organisation.
     *
     * @param believesSilence whether a silent server may be down
     * @param ingestAway whether heartbeats cannot be taken now
     */
    record Scope(
            Board board,
            Collection<RuleReader.Ready> rules,
            boolean believesSilence,
            boolean ingestAway) {}

    private record Key(long ruleId, int serverId, SortedMap<String, String> labels) {}

    private record Answer(Rule rule, Finding finding, boolean fresh) {}

    void clear() {
        samples.clear();
    }

    /** After beats: all rules, of those that had some. */
    void touched(Scope scope, Set<Integer> touched, Moment now) {
        Map<Key, Answer> answers = new LinkedHashMap<>();
        Firing firing = new Firing(scope.board().open());
        boolean expressions =
                scope.rules().stream().anyMatch(ready -> ready.expression().isPresent());
        for (int id : touched) {
            ServerFacts server = servers.facts(id);
            if (server != null && server.organisationId().equals(scope.board().organisationId())) {
                Sample newest = servers.newest(id);
                if (newest != null && expressions) {
                    samples.add(id, newest);
                }
                for (RuleReader.Ready ready : scope.rules()) {
                    if (!ready.rule().kind().isOfOrganisation()) {
                        ask(ready, server, firing, true, now, answers);
                    }
                }
            }
        }
        give(scope, answers, now);
    }

    /**
     * As time passes: what silence makes true, and what is open.
     *
     * @param slowly also what time makes true in hours
     */
    void round(Scope scope, boolean slowly, Moment now) {
        Map<Key, Answer> answers = new LinkedHashMap<>();
        List<AlertRecord> open = scope.board().open();
        Firing firing = new Firing(open);
        List<ServerFacts> all = servers.of(scope.board().organisationId());
        for (RuleReader.Ready ready : scope.rules()) {
            RuleKind kind = ready.rule().kind();
            if (kind.isOfOrganisation()) {
                if (slowly || kind == RuleKind.FLEET_EVENT) {
                    askOnce(ready, firing, now, answers);
                }
            } else if (BY_TIME.contains(kind) || slowly && BY_TIME_SLOWLY.contains(kind)) {
                all.forEach(server -> ask(ready, server, firing, false, now, answers));
            } else {
                for (int id : firing.servers(ready.rule().id())) {
                    ServerFacts server = servers.facts(id);
                    if (server != null) {
                        ask(ready, server, firing, false, now, answers);
                    }
                }
            }
        }
        give(scope, answers, now);
    }

    /** The open alerts of rules and servers. */
    private static final class Firing {
        private final Map<Long, Map<Integer, List<AlertRecord>>> byRule = new HashMap<>();

        Firing(List<AlertRecord> open) {
            for (AlertRecord alert : open) {
                byRule.computeIfAbsent(alert.ruleId(), _ -> new HashMap<>())
                        .computeIfAbsent(alert.subject().serverId(), _ -> new ArrayList<>())
                        .add(alert);
            }
        }

        List<AlertRecord> of(long ruleId, int serverId) {
            return byRule.getOrDefault(ruleId, Map.of()).getOrDefault(serverId, List.of());
        }

        Set<Integer> servers(long ruleId) {
            Set<Integer> ids = new HashSet<>(byRule.getOrDefault(ruleId, Map.of()).keySet());
            ids.remove(0);
            return ids;
        }

        boolean fires(long ruleId, int serverId) {
            return of(ruleId, serverId).stream().anyMatch(AlertRecord::isFiring);
        }
    }

    private void ask(
            RuleReader.Ready ready,
            ServerFacts server,
            Firing firing,
            boolean fresh,
            Moment now,
            Map<Key, Answer> answers) {
        Rule rule = ready.rule();
        List<AlertRecord> open = firing.of(rule.id(), server.serverId());
        if (!rule.selector().selects(server)) {
            open.forEach(
                    alert -> put(answers, rule, unsaid(rule, alert, Condition.FALSE, now), fresh));
            return;
        }
        take(rule, findings(ready, server, firing, now), open, fresh, now, answers);
    }

    /** A rule that looks at the organisation as a whole. */
    private void askOnce(
            RuleReader.Ready ready, Firing firing, Moment now, Map<Key, Answer> answers) {
        Rule rule = ready.rule();
        List<Finding> findings =
                detectors.judge(
                        rule.organisationId(),
                        0,
                        rule.id(),
                        rule.kind(),
                        rule.parameters(),
                        now.at());
        List<AlertRecord> open = firing.of(rule.id(), 0);
        if (findings.isEmpty()) {
            open.forEach(
                    alert -> put(answers, rule, unsaid(rule, alert, Condition.FALSE, now), false));
            return;
        }
        take(rule, findings, open, false, now, answers);
    }

    private static void take(
            Rule rule,
            List<Finding> findings,
            List<AlertRecord> open,
            boolean fresh,
            Moment now,
            Map<Key, Answer> answers) {
        Set<Map<String, String>> said = new HashSet<>();
        boolean unknown = findings.isEmpty();
        for (Finding finding : findings) {
            said.add(finding.labels());
            unknown |= finding.condition() == Condition.NO_DATA;
            put(answers, rule, finding, fresh);
        }
        // Where all could be told, what is not named any more is over.
        Condition rest = unknown ? Condition.NO_DATA : Condition.FALSE;
        for (AlertRecord alert : open) {
            if (!said.contains(alert.subject().labels())) {
                put(answers, rule, unsaid(rule, alert, rest, now), fresh);
            }
        }
    }

    private List<Finding> findings(
            RuleReader.Ready ready, ServerFacts server, Firing firing, Moment now) {
        Rule rule = ready.rule();
        if (rule.kind() != RuleKind.EXPRESSION) {
            return detectors.judge(
                    rule.organisationId(),
                    server.serverId(),
                    rule.id(),
                    rule.kind(),
                    rule.parameters(),
                    now.at());
        }
        Sample newest = servers.newest(server.serverId());
        if (newest == null) {
            return List.of();
        }
        return List.of(
                ExpressionJudge.judge(
                        ready,
                        server,
                        newest,
                        samples.of(server, newest),
                        firing.fires(rule.id(), server.serverId()),
                        now.at()));
    }

    private static Finding unsaid(Rule rule, AlertRecord alert, Condition condition, Moment now) {
        int server = alert.subject().serverId();
        return new Finding(
                rule.organisationId(),
                rule.id(),
                server == 0 ? OptionalInt.empty() : OptionalInt.of(server),
                alert.subject().labels(),
                condition,
                Severity.values()[alert.severity()],
                now.at(),
                alert.summary(),
                alert.evidence());
    }

    /** Several servers may speak of one subject of the fleet: who says yes is heard. */
    private static void put(Map<Key, Answer> answers, Rule rule, Finding finding, boolean fresh) {
        Key key = new Key(rule.id(), finding.serverId().orElse(0), new TreeMap<>(finding.labels()));
        answers.merge(
                key,
                new Answer(rule, finding, fresh),
                (one, other) -> weight(other) > weight(one) ? other : one);
    }

    private static int weight(Answer answer) {
        return switch (answer.finding().condition()) {
            case TRUE -> 2;
            case NO_DATA -> 1;
            case FALSE -> 0;
        };
    }

    private void give(Scope scope, Map<Key, Answer> answers, Moment now) {
        if (answers.isEmpty()) {
            return;
        }
        Firing firing = new Firing(scope.board().open());
        boolean ours = scope.ingestAway() && isOurFault(scope, answers, firing);
        answers.forEach((key, answer) -> {
            boolean silence = answer.rule().kind() == RuleKind.SERVER_DOWN;
            boolean isNew = !firing.fires(key.ruleId(), key.serverId());
            Finding finding = answer.finding();
            Condition condition = finding.condition();
            if (silence && isNew && !scope.believesSilence() && condition == Condition.TRUE) {
                condition = Condition.NO_DATA;
            }
            scope.board()
                    .observe(
                            answer.rule(),
                            subject(key),
                            new Observation(
                                    condition,
                                    answer.rule().severity().orElse(finding.severity()).ordinal(),
                                    finding.summary(),
                                    finding.evidence(),
                                    answer.fresh(),
                                    silence && ours),
                            now);
        });
    }

    private boolean isOurFault(Scope scope, Map<Key, Answer> answers, Firing firing) {
        long silent =
                answers.entrySet().stream()
                        .filter(one -> one.getValue().rule().kind() == RuleKind.SERVER_DOWN)
                        .filter(one -> one.getValue().finding().condition() == Condition.TRUE)
                        .filter(one ->
                                firing.of(one.getKey().ruleId(), one.getKey().serverId()).stream()
                                        .allMatch(alert -> alert.marks().degraded()))
                        .map(one -> one.getKey().serverId())
                        .distinct()
                        .count();
        return silent > OUR_SHARE * servers.count(scope.board().organisationId());
    }

    private Subject subject(Key key) {
        @Nullable ServerFacts server = key.serverId() == 0 ? null : servers.facts(key.serverId());
        String labels = String.join(", ", key.labels().values());
        if (server == null) {
            String tag = key.labels().getOrDefault("tag", "");
            return new Subject(
                    key.serverId(), labels.isEmpty() ? "the fleet" : labels, tag, key.labels());
        }
        String tag = server.tags().isEmpty() ? "" : server.tags().first();
        String name = labels.isEmpty() ? server.name() : server.name() + " " + labels;
        return new Subject(key.serverId(), name, tag, key.labels());
    }
}
