package dev.wolverine.alerts.engine;

import dev.wolverine.alerts.detect.InstanceDetectors;
import dev.wolverine.alerts.detect.InstanceHistories;
import dev.wolverine.alerts.rule.Finding;
import dev.wolverine.alerts.rule.RuleKind;
import dev.wolverine.alerts.rule.RuleParameters;
import dev.wolverine.db.CommittedBatch;
import dev.wolverine.db.model.DetectorState;
import dev.wolverine.db.model.SpendingFindings;
import dev.wolverine.db.postgres.SelectCommits;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** The memory of all instances, with the judges of all kinds over it. */
public final class InstanceMemory implements Memory {

    private final InstanceHistories histories;
    private final InstanceDetectors detectors;

    public InstanceMemory(InstanceHistories histories, SpendingFindings spending) {
        this.histories = histories;
        detectors = new InstanceDetectors(histories, spending);
    }

    @Override
    public void committed(CommittedBatch batch) {
        histories.committed(batch);
    }

    @Override
    public void open(Instant now) {
        histories.load(now);
    }

    @Override
    public void take(SelectCommits.Page page, Instant now) {
        histories.follow(page, now);
    }

    @Override
    public List<DetectorState> toStore(long cursor, Instant now) {
        return histories.toSave(cursor, now);
    }

    @Override
    public void stored(List<DetectorState> states, Instant now) {
        histories.saved(states, now);
    }

    @Override
    public List<Finding> judge(
            UUID organisation,
            int serverId,
            long ruleId,
            RuleKind kind,
            RuleParameters parameters,
            Instant now) {
        return detectors.judge(organisation, serverId, ruleId, kind, parameters, now);
    }
}
