package dev.wolverine.alerts.lifecycle;

import dev.wolverine.alerts.notify.Notification;
import dev.wolverine.alerts.notify.NotificationCodec;
import dev.wolverine.alerts.rule.Condition;
import dev.wolverine.alerts.rule.Rule;
import dev.wolverine.alerts.rule.ServerFacts;
import dev.wolverine.db.alert.AlertBatch;
import dev.wolverine.db.alert.AlertEvent;
import dev.wolverine.db.alert.AlertEvent.Change;
import dev.wolverine.db.alert.AlertGroup;
import dev.wolverine.db.alert.AlertRecord;
import dev.wolverine.db.alert.AlertRecord.Marks;
import dev.wolverine.db.alert.AlertRecord.State;
import dev.wolverine.db.alert.AlertRecord.Told;
import dev.wolverine.db.alert.Fingerprint;
import dev.wolverine.db.alert.OrganisationAlerts;
import dev.wolverine.db.alert.OutboxEntry;
import dev.wolverine.db.alert.Silence;
import dev.wolverine.db.postgres.AlertStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The alerts of one organisation while they are judged: takes what was found, and gives what has to
 * be stored. For one thread.
 *
 * <p>It is what the database would say, as long as everything it gave was stored; if storing
 * failed, it is thrown away and made again of what is stored. It reads no clock and draws no
 * numbers of its own.
 */
public final class Board {

    /** More open alerts than anybody can look at: further ones are not begun. */
    static final int MAX_OPEN = 50_000;

    private final UUID organisationId;
    private final Map<Long, Rule> rules;
    private final List<Silence> silences;
    private final IntFunction<@Nullable ServerFacts> servers;
    private final Supplier<UUID> ids;
    private final Announcement announcement;
    private final Lifecycle lifecycle = new Lifecycle();
    private final GroupRule groupRule;

    private final Map<UUID, AlertRecord> alerts = new LinkedHashMap<>();
    private final Map<Fingerprint, UUID> current = new HashMap<>();
    private final Map<UUID, AlertGroup> groups = new LinkedHashMap<>();
    private long head;

    private final Map<UUID, AlertRecord> changed = new LinkedHashMap<>();
    private final Set<UUID> cleared = new TreeSet<>();
    private final List<AlertEvent> events = new ArrayList<>();
    private final Map<UUID, AlertGroup> changedGroups = new LinkedHashMap<>();
    private final List<OutboxEntry> outbox = new ArrayList<>();

    /**
     * @param rules that are enabled, by id
     * @param servers by id; null for one that is not known
     * @param ids new ones
     * @param linkBase address of the dashboard; empty if there is no public one
     */
    public Board(
            UUID organisationId,
            OrganisationAlerts stored,
            Map<Long, Rule> rules,
            IntFunction<@Nullable ServerFacts> servers,
            Supplier<UUID> ids,
            GroupRule groupRule,
            Optional<String> linkBase) {
        this.organisationId = organisationId;
        this.rules = Map.copyOf(rules);
        this.silences = stored.silences();
        this.servers = servers;
        this.ids = ids;
        this.groupRule = groupRule;
        announcement = new Announcement(linkBase);
        head = stored.head();
        stored.alerts().stream()
                .sorted(Comparator.comparing(AlertRecord::isOpen))
                .forEach(this::remember);
        stored.groups().forEach(group -> groups.put(group.id(), group));
    }

    public UUID organisationId() {
        return organisationId;
    }

    public Collection<Rule> rules() {
        return rules.values();
    }

    /** The newest event that is known. */
    public long head() {
        return head;
    }

    public List<AlertRecord> open() {
        return alerts.values().stream().filter(AlertRecord::isOpen).toList();
    }

    /** Whether time alone may change something. */
    public boolean isBusy() {
        return !alerts.isEmpty() || !groups.isEmpty();
    }

    /** Takes what a rule says of a subject. */
    public void observe(
            Rule rule, AlertRecord.Subject subject, Observation observation, Moment now) {
        Fingerprint fingerprint = new Fingerprint(rule.id(), subject.serverId(), subject.labels());
        UUID id = current.get(fingerprint);
        AlertRecord before = id == null ? null : alerts.get(id);
        boolean opens = before == null || !before.isOpen();
        if (opens && (observation.condition() == Condition.TRUE) && alerts.size() >= MAX_OPEN) {
            return;
        }
        apply(
                before,
                lifecycle.judge(
                        before,
                        () -> pending(rule, subject, observation, now),
                        observation,
                        rule.policy(),
                        now));
    }

    /** Ends what a rule that is gone, or no longer looks there, has begun. */
    public void withdraw(AlertRecord alert, String reason, Moment now) {
        apply(alert, lifecycle.withdraw(alert, reason, now));
    }

    /** Lets time pass: ends what people set an end to, explains, silences, and tells. */
    public void settle(Moment now) {
        for (AlertRecord alert : open()) {
            if (!rules.containsKey(alert.ruleId())) {
                withdraw(alert, "its rule is gone", now);
            }
        }
        Inhibition inhibition = new Inhibition(alerts.values(), servers);
        for (AlertRecord alert : open()) {
            AlertRecord woken = wake(alert, now);
            AlertRecord explained = explain(woken, inhibition, now);
            put(silence(explained, now));
        }
        join(now);
        Map<UUID, List<AlertRecord>> members = members();
        for (AlertGroup group : List.copyOf(groups.values())) {
            tell(group, members.getOrDefault(group.id(), List.of()), now);
        }
        forget(now);
    }

    /** What has to be stored; empty if nothing has. */
    public Optional<AlertBatch.OfOrganisation> changes() {
        AlertBatch.OfOrganisation batch =
                new AlertBatch.OfOrganisation(
                        organisationId,
                        head,
                        changed.values(),
                        cleared,
                        events,
                        changedGroups.values(),
                        outbox);
        return batch.isEmpty() ? Optional.empty() : Optional.of(batch);
    }

    /** What {@link #changes} said is stored. */
    public void stored() {
        head += events.size();
        changed.clear();
        cleared.clear();
        events.clear();
        changedGroups.clear();
        outbox.clear();
    }

    private AlertRecord pending(
            Rule rule, AlertRecord.Subject subject, Observation observation, Moment now) {
        return new AlertRecord(
                ids.get(),
                organisationId,
                rule.id(),
                rule.version(),
                Announcement.kind(rule),
                subject,
                State.PENDING,
                observation.severity(),
                observation.summary(),
                observation.evidence(),
                now.at(),
                null,
                now.at(),
                null,
                new AlertRecord.Timing(now.ran(), now.ran(), -1, -1, -1, 0, 0),
                Marks.NONE,
                null,
                Told.NOTHING);
    }

    private void apply(@Nullable AlertRecord before, Lifecycle.Step step) {
        events.addAll(step.events());
        if (step.after().isPresent()) {
            put(step.after().get());
        } else if (before != null && before.isOpen()) {
            alerts.remove(before.id());
            current.remove(before.fingerprint());
            changed.remove(before.id());
            cleared.add(before.id());
        }
    }

    private void put(AlertRecord alert) {
        if (!alert.equals(alerts.get(alert.id()))) {
            remember(alert);
            changed.put(alert.id(), alert);
        }
    }

    private void remember(AlertRecord alert) {
        alerts.put(alert.id(), alert);
        UUID known = current.get(alert.fingerprint());
        AlertRecord other = known == null ? null : alerts.get(known);
        if (other == null || alert.isOpen() || !isNewer(other, alert)) {
            current.put(alert.fingerprint(), alert.id());
        }
    }

    private static boolean isNewer(AlertRecord one, AlertRecord other) {
        return one.isOpen() || one.timing().resolved() > other.timing().resolved();
    }

    private AlertRecord wake(AlertRecord alert, Moment now) {
        Instant until = alert.marks().snoozedUntil();
        if (until == null || now.at().isBefore(until)) {
            return alert;
        }
        events.add(AlertEvent.of(alert, now.at(), Change.WOKEN, ""));
        return released(alert.with(alert.marks().snoozed(null)));
    }

    private AlertRecord explain(AlertRecord alert, Inhibition inhibition, Moment now) {
        @Nullable UUID by = alert.isFiring() ? inhibition.inhibitor(alert).orElse(null) : null;
        @Nullable UUID was = alert.marks().inhibitedBy();
        if (by == null ? was == null : by.equals(was)) {
            return alert;
        }
        AlertRecord after = alert.with(alert.marks().inhibited(by));
        if (by == null) {
            events.add(AlertEvent.of(alert, now.at(), Change.RELEASED, ""));
            return released(after);
        }
        AlertRecord other = alerts.get(by);
        String reason = other == null ? "" : other.kind() + ": " + other.summary();
        events.add(AlertEvent.of(alert, now.at(), Change.INHIBITED, reason));
        return after;
    }

    private AlertRecord silence(AlertRecord alert, Moment now) {
        @Nullable Silence by =
                silences.stream()
                        .filter(silence -> silence.isActive(now.at()))
                        .filter(silence ->
                                Matchers.match(
                                        silence.matchers(),
                                        alert,
                                        rules.get(alert.ruleId()),
                                        server(alert)))
                        .findFirst()
                        .orElse(null);
        @Nullable UUID id = by == null ? null : by.id();
        @Nullable UUID was = alert.marks().silencedBy();
        if (id == null ? was == null : id.equals(was)) {
            return alert;
        }
        AlertRecord after = alert.with(alert.marks().silenced(id));
        if (by == null) {
            events.add(AlertEvent.of(alert, now.at(), Change.UNSILENCED, ""));
            return released(after);
        }
        events.add(AlertEvent.of(alert, now.at(), Change.SILENCED, by.reason()));
        return after;
    }

    /** It is told anew, unless somebody has it in hand. */
    private static AlertRecord released(AlertRecord alert) {
        return alert.groupId() == null || alert.isAcknowledged()
                ? alert
                : alert.with(alert.groupId(), Told.NOTHING);
    }

    private @Nullable ServerFacts server(AlertRecord alert) {
        int id = alert.subject().serverId();
        return id == 0 ? null : servers.apply(id);
    }

    /** Nobody is told of what was quiet until it is seen to be still true. */
    private void join(Moment now) {
        for (AlertRecord alert : open()) {
            if (alert.isFiring()
                    && alert.groupId() == null
                    && !alert.marks().isQuiet()
                    && alert.isTrueNow()) {
                put(alert.with(groupOf(alert, now).id(), Told.NOTHING));
            }
        }
    }

    private AlertGroup groupOf(AlertRecord alert, Moment now) {
        for (AlertGroup group : groups.values()) {
            if (group.ruleId() == alert.ruleId() && group.tag().equals(alert.subject().tag())) {
                return group;
            }
        }
        AlertGroup opened =
                new AlertGroup(
                        ids.get(),
                        organisationId,
                        alert.ruleId(),
                        alert.subject().tag(),
                        0,
                        alert.severity(),
                        now.at(),
                        now.ran(),
                        now.ran(),
                        false);
        groups.put(opened.id(), opened);
        changedGroups.put(opened.id(), opened);
        return opened;
    }

    private void tell(AlertGroup group, List<AlertRecord> members, Moment now) {
        GroupRule.Decision decision = groupRule.decide(group, members, now);
        if (decision == GroupRule.Decision.CLOSE) {
            changedGroups.put(group.id(), group.over());
            groups.remove(group.id());
            return;
        }
        if (!decision.tells()) {
            return;
        }
        List<AlertRecord> told =
                members.stream()
                        .filter(alert -> !alert.isOpen() || !alert.marks().isQuiet())
                        .toList();
        int worst = told.stream().mapToInt(AlertRecord::severity).max().orElse(0);
        AlertGroup sent = group.sent(Math.max(group.severity(), worst), now.ran());
        groups.put(sent.id(), sent);
        changedGroups.put(sent.id(), sent);
        Notification notification =
                announcement.of(sent, rules.get(group.ruleId()), told, now.at());
        outbox.add(
                new OutboxEntry(
                        sent.id(),
                        sent.version(),
                        notification.eventId(),
                        sent.severity(),
                        NotificationCodec.write(notification)));
        told.forEach(alert -> put(alert.with(sent.id(), GroupRule.toTell(alert))));
    }

    private Map<UUID, List<AlertRecord>> members() {
        Map<UUID, List<AlertRecord>> members = new HashMap<>();
        for (AlertRecord alert : alerts.values()) {
            if (alert.groupId() != null) {
                members.computeIfAbsent(alert.groupId(), _ -> new ArrayList<>()).add(alert);
            }
        }
        return members;
    }

    /** Resolved alerts are kept until they are told, and while they may come again. */
    private void forget(Moment now) {
        alerts.values()
                .removeIf(alert -> {
                    boolean gone =
                            !alert.isOpen()
                                    && now.isPast(alert.timing().resolved(), AlertStore.REMEMBERED)
                                    && (alert.groupId() == null
                                            || !groups.containsKey(alert.groupId()));
                    if (gone) {
                        current.remove(alert.fingerprint(), alert.id());
                    }
                    return gone;
                });
    }
}
