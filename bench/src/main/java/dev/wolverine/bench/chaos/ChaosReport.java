package dev.wolverine.bench.chaos;

import dev.wolverine.bench.ledger.CheckReport.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a run says.
 *
 * @param attempted beats that may have reached the platform, over both protocols
 * @param acknowledged of these
 * @param httpAnswers what happened to requests over HTTP, in words
 * @param planned faults
 * @param faults those that happened
 */
public record ChaosReport(
        Verdict verdict,
        String reason,
        ChaosPlan plan,
        long attempted,
        long acknowledged,
        String httpAnswers,
        int planned,
        List<Fault> faults,
        List<Finding> findings) {

    public ChaosReport {
        faults = List.copyOf(faults);
        findings = List.copyOf(findings);
    }

    /**
     * One fault that struck.
     *
     * @param recoveryMillis see {@link #recoveries()}; -1: never
     */
    public record Fault(FaultKind kind, long recoveryMillis) {}

    /**
     * Milliseconds from the end of a fault to the first acknowledgement of a request begun after
     * it, by kind, in ascending order.
     */
    public Map<FaultKind, List<Long>> recoveries() {
        Map<FaultKind, List<Long>> recoveries = new EnumMap<>(FaultKind.class);
        for (Fault fault : faults) {
            recoveries
                    .computeIfAbsent(fault.kind(), kind -> new ArrayList<>())
                    .add(fault.recoveryMillis());
        }
        recoveries.values().forEach(times -> times.sort(Long::compare));
        return recoveries;
    }

    /** How many promises a check found broken; 0 also where it did not run. */
    public long broken(String check) {
        return findings.stream()
                .filter(finding -> finding.check().equals(check))
                .mapToLong(Finding::broken)
                .sum();
    }

    /** Judges: what is broken counts before what is not known. */
    static ChaosReport of(
            ChaosPlan plan,
            long attempted,
            long acknowledged,
            String httpAnswers,
            int planned,
            List<FaultRecord> records,
            List<Finding> findings,
            List<String> doubts) {
        List<Fault> faults = new ArrayList<>();
        for (FaultRecord record : records) {
            if (record.fired()) {
                Duration recovery = record.recovery();
                faults.add(
                        new Fault(
                                record.fault().kind(),
                                recovery == null ? -1 : recovery.toMillis()));
            }
        }
        List<String> broken =
                findings.stream()
                        .filter(finding -> finding.broken() > 0)
                        .map(finding -> finding.check() + " " + finding.broken())
                        .toList();
        List<String> unknown = new ArrayList<>(doubts);
        if (faults.size() < planned) {
            unknown.add("%d of %d faults struck".formatted(faults.size(), planned));
        }
        if (acknowledged == 0) {
            unknown.add("nothing was acknowledged");
        }
        Verdict verdict =
                !broken.isEmpty()
                        ? Verdict.INVALID
                        : unknown.isEmpty() ? Verdict.VALID : Verdict.UNKNOWN;
        String reason =
                switch (verdict) {
                    case VALID -> "every promise was kept";
                    case INVALID -> "broken: " + String.join(", ", broken);
                    case UNKNOWN -> String.join("; ", unknown);
                };
        return new ChaosReport(
                verdict,
                reason,
                plan,
                attempted,
                acknowledged,
                httpAnswers,
                planned,
                faults,
                findings);
    }
}
