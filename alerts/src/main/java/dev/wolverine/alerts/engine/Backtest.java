package dev.wolverine.alerts.engine;

import dev.wolverine.alerts.detect.InstanceDetectors;
import dev.wolverine.alerts.detect.InstanceHistories;
import dev.wolverine.alerts.expression.Sample;
import dev.wolverine.alerts.lifecycle.Lifecycle;
import dev.wolverine.alerts.lifecycle.Moment;
import dev.wolverine.alerts.lifecycle.Observation;
import dev.wolverine.alerts.rule.Condition;
import dev.wolverine.alerts.rule.Finding;
import dev.wolverine.alerts.rule.Rule;
import dev.wolverine.alerts.rule.RuleKind;
import dev.wolverine.alerts.rule.ServerFacts;
import dev.wolverine.db.alert.AlertEvent;
import dev.wolverine.db.alert.AlertRecord;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.ServerState;
import dev.wolverine.db.model.SpendingFindings;
import dev.wolverine.db.postgres.SelectHistory;
import dev.wolverine.db.postgres.SelectServerStates;
import dev.wolverine.db.postgres.SelectServerTags;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a rule would have done: judges stored beats with the code that judges new ones, and with
 * time as a parameter. Blocking; thread-safe.
 */
public final class Backtest {

    /** The first so many servers that a rule selects. */
    public static final int MAX_SERVERS = 50;

    public static final Duration LONGEST = Duration.ofDays(31);

    private static final int MAX_FIRINGS = 200;
    private static final Duration STEP = Duration.ofMinutes(1);

    private final SelectServerStates states;
    private final SelectServerTags tags;
    private final SelectHistory history;
    private final Supplier<InstanceHistories> memories;
    private final Lifecycle lifecycle = new Lifecycle();

    /**
     * @param memories empty ones
     */
    public Backtest(
            SelectServerStates states,
            SelectServerTags tags,
            SelectHistory history,
            Supplier<InstanceHistories> memories) {
        this.states = states;
        this.tags = tags;
        this.history = history;
        this.memories = memories;
    }

    /**
     * An alert that would have been.
     *
     * @param server its instance id
     * @param until null if it would still fire
     */
    public record Firing(String server, Instant from, @Nullable Instant until, String summary) {}

    /**
     * @param servers that were looked at
     * @param total of all firings; the first two hundred are listed
     */
    public record Report(int servers, int total, List<Firing> firings) {
        public Report {
            firings = List.copyOf(firings);
        }
    }

    /**
     * @param until exclusive, at most {@link #LONGEST} after from
     */
    public Report run(RuleReader.Ready ready, UUID organisation, Instant from, Instant until) {
        List<ServerFacts> selected = selected(ready.rule(), organisation);
        List<Firing> firings = new ArrayList<>();
        for (ServerFacts server : selected) {
            new OfServer(ready, server, firings).run(from, until);
        }
        return new Report(
                selected.size(),
                firings.size(),
                firings.subList(0, Math.min(firings.size(), MAX_FIRINGS)));
    }

    private List<ServerFacts> selected(Rule rule, UUID organisation) {
        Map<Integer, Set<String>> tagged = tags.all();
        List<ServerFacts> selected = new ArrayList<>();
        states.all(state -> {
            if (state.organisationId().equals(organisation) && selected.size() < MAX_SERVERS) {
                ServerFacts facts = facts(state, tagged);
                if (rule.selector().selects(facts)) {
                    selected.add(facts);
                }
            }
        });
        return selected;
    }

    private static ServerFacts facts(ServerState state, Map<Integer, Set<String>> tagged) {
        return new ServerFacts(
                state.serverId(),
                state.organisationId(),
                state.instanceId(),
                state.name() == null ? state.instanceId() : state.name(),
                state.version() == null ? "" : state.version(),
                new TreeSet<>(tagged.getOrDefault(state.serverId(), Set.of())));
    }

    /** The history of one server, from its first beat to its last. */
    private final class OfServer {
        private final RuleReader.Ready ready;
        private final ServerFacts server;
        private final List<Firing> firings;
        private final InstanceHistories memory = memories.get();
        private final InstanceDetectors detectors =
                new InstanceDetectors(memory, SpendingFindings.none());
        private final RecentSamples samples = new RecentSamples((_, _, _) -> List.of());
        private final Map<Map<String, String>, AlertRecord> alerts = new HashMap<>();
        private @Nullable Sample newest;
        private Instant judged = Instant.EPOCH;
        private Instant began = Instant.EPOCH;

        OfServer(RuleReader.Ready ready, ServerFacts server, List<Firing> firings) {
            this.ready = ready;
            this.server = server;
            this.firings = firings;
        }

        void run(Instant from, Instant until) {
            began = from;
            judged = from;
            Identity identity = new Identity(server.organisationId(), server.instanceId());
            history.forEach(server.serverId(), identity, from, until, this::take);
            pass(until);
            alerts.values().stream()
                    .filter(AlertRecord::isFiring)
                    .forEach(alert -> add(alert, null));
        }

        private void take(Heartbeat beat) {
            Instant at = beat.timestamp();
            pass(at);
            memory.replay(server.organisationId(), server.serverId(), beat);
            newest = Sample.of(beat);
            samples.addAlways(server.serverId(), newest);
            judge(at, true);
        }

        /** Time without a beat: what silence makes true. */
        private void pass(Instant until) {
            for (Instant at = judged.plus(STEP); at.isBefore(until); at = at.plus(STEP)) {
                memory.replayAlive(at);
                if (newest != null) {
                    judge(at, false);
                }
            }
        }

        private void judge(Instant at, boolean fresh) {
            judged = at;
            Moment now = new Moment(at, Duration.between(began, at).toMillis());
            Set<Map<String, String>> said = new HashSet<>();
            boolean unknown = false;
            for (Finding finding : findings(at)) {
                said.add(finding.labels());
                unknown |= finding.condition() == Condition.NO_DATA;
                observe(finding, finding.condition(), fresh, now);
            }
            for (Map<String, String> labels : List.copyOf(alerts.keySet())) {
                AlertRecord alert = alerts.get(labels);
                if (alert != null && alert.isOpen() && !said.contains(labels) && !unknown) {
                    step(
                            labels,
                            lifecycle.judge(
                                    alert,
                                    () -> alert,
                                    observation(alert, fresh),
                                    ready.rule().policy(),
                                    now));
                }
            }
        }

        private List<Finding> findings(Instant at) {
            Rule rule = ready.rule();
            if (rule.kind() != RuleKind.EXPRESSION) {
                return detectors.judge(
                        rule.organisationId(),
                        server.serverId(),
                        rule.id(),
                        rule.kind(),
                        rule.parameters(),
                        at);
            }
            Sample sample = newest;
            return sample == null
                    ? List.of()
                    : List.of(
                            ExpressionJudge.judge(
                                    ready,
                                    server,
                                    sample,
                                    samples.of(server, sample),
                                    alerts.values().stream().anyMatch(AlertRecord::isFiring),
                                    at));
        }

        private void observe(Finding finding, Condition condition, boolean fresh, Moment now) {
            Observation observation =
                    new Observation(
                            condition,
                            finding.severity().ordinal(),
                            finding.summary(),
                            "{}",
                            fresh,
                            false);
            step(
                    finding.labels(),
                    lifecycle.judge(
                            alerts.get(finding.labels()),
                            () -> pending(finding, now),
                            observation,
                            ready.rule().policy(),
                            now));
        }

        private void step(Map<String, String> labels, Lifecycle.Step step) {
            step.after()
                    .ifPresentOrElse(
                            alert -> alerts.put(labels, alert), () -> alerts.remove(labels));
            for (AlertEvent event : step.events()) {
                if (event.change() == AlertEvent.Change.RESOLVED) {
                    step.after().ifPresent(alert -> add(alert, alert.resolvedAt()));
                }
            }
        }

        private void add(AlertRecord alert, @Nullable Instant until) {
            Instant from = alert.firingSince();
            firings.add(
                    new Firing(
                            server.instanceId(),
                            from == null ? alert.pendingSince() : from,
                            until,
                            alert.summary()));
        }

        private Observation observation(AlertRecord alert, boolean fresh) {
            return new Observation(
                    Condition.FALSE, alert.severity(), alert.summary(), "{}", fresh, false);
        }

        private AlertRecord pending(Finding finding, Moment now) {
            Rule rule = ready.rule();
            return new AlertRecord(
                    new UUID(0, alerts.size()),
                    server.organisationId(),
                    rule.id(),
                    rule.version(),
                    rule.kind().name(),
                    new AlertRecord.Subject(
                            server.serverId(), server.name(), "", new TreeMap<>(finding.labels())),
                    AlertRecord.State.PENDING,
                    finding.severity().ordinal(),
                    finding.summary(),
                    "{}",
                    now.at(),
                    null,
                    now.at(),
                    null,
                    new AlertRecord.Timing(now.ran(), now.ran(), -1, -1, -1, 0, 0),
                    AlertRecord.Marks.NONE,
                    null,
                    AlertRecord.Told.NOTHING);
        }
    }
}
