package dev.wolverine.alerts.engine;

import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.rule.Condition;
import dev.wolverine.alerts.rule.Finding;
import dev.wolverine.alerts.rule.RuleKind;
import dev.wolverine.alerts.rule.RuleParameters;
import dev.wolverine.db.CommittedBatch;
import dev.wolverine.db.model.DetectorState;
import dev.wolverine.db.postgres.SelectCommits;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;

/** Finds what it was told to find. */
final class ScriptedMemory implements Memory {

    private final Map<String, Condition> conditions = new HashMap<>();

    void say(RuleKind kind, int serverId, Condition condition) {
        conditions.put(kind + " " + serverId, condition);
    }

    @Override
    public List<Finding> judge(
            UUID organisation,
            int serverId,
            long ruleId,
            RuleKind kind,
            RuleParameters parameters,
            Instant now) {
        Condition condition = conditions.getOrDefault(kind + " " + serverId, Condition.FALSE);
        return kind.isOfOrganisation()
                ? List.of()
                : List.of(
                        new Finding(
                                organisation,
                                ruleId,
                                OptionalInt.of(serverId),
                                Map.of(),
                                condition,
                                Severity.CRITICAL,
                                now,
                                condition == Condition.TRUE ? "it is so" : "",
                                "{}"));
    }

    @Override
    public void committed(CommittedBatch batch) {}

    @Override
    public void open(Instant now) {}

    @Override
    public void take(SelectCommits.Page page, Instant now) {}

    @Override
    public List<DetectorState> toStore(long cursor, Instant now) {
        return List.of();
    }

    @Override
    public void stored(List<DetectorState> states, Instant now) {}
}
