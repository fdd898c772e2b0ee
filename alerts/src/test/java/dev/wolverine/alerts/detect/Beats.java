package dev.wolverine.alerts.detect;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotCodec;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/** Heartbeats of one instance, each a change of the one before. */
record Beats(
        Identity identity,
        ReportedStatus status,
        int pid,
        long startSecond,
        int memoryMb,
        int unhealthyRoutes,
        int slowestMicros,
        String version,
        long repairs,
        long backups,
        List<String> alerts) {

    static Beats of(Identity identity) {
        return new Beats(
                identity, ReportedStatus.HEALTHY, 100, 0, 100, 0, 5_000, "5.2.9", 0, 3, List.of());
    }

    Beats status(ReportedStatus now) {
        return new Beats(
                identity,
                now,
                pid,
                startSecond,
                memoryMb,
                unhealthyRoutes,
                slowestMicros,
                version,
                repairs,
                backups,
                alerts);
    }

    Beats process(int newPid, Instant started) {
        return new Beats(
                identity,
                status,
                newPid,
                started.getEpochSecond(),
                memoryMb,
                unhealthyRoutes,
                slowestMicros,
                version,
                repairs,
                backups,
                alerts);
    }

    Beats memory(int megabytes) {
        return new Beats(
                identity,
                status,
                pid,
                startSecond,
                megabytes,
                unhealthyRoutes,
                slowestMicros,
                version,
                repairs,
                backups,
                alerts);
    }

    Beats routes(int unhealthy, int slowest) {
        return new Beats(
                identity,
                status,
                pid,
                startSecond,
                memoryMb,
                unhealthy,
                slowest,
                version,
                repairs,
                backups,
                alerts);
    }

    Beats version(String other) {
        return new Beats(
                identity,
                status,
                pid,
                startSecond,
                memoryMb,
                unhealthyRoutes,
                slowestMicros,
                other,
                repairs,
                backups,
                alerts);
    }

    Beats repairs(long total) {
        return new Beats(
                identity,
                status,
                pid,
                startSecond,
                memoryMb,
                unhealthyRoutes,
                slowestMicros,
                version,
                total,
                backups,
                alerts);
    }

    Beats alerts(String... json) {
        return new Beats(
                identity,
                status,
                pid,
                startSecond,
                memoryMb,
                unhealthyRoutes,
                slowestMicros,
                version,
                repairs,
                backups,
                List.of(json));
    }

    Heartbeat at(Instant time) {
        return at(time, time.plusMillis(40));
    }

    Heartbeat at(Instant time, Instant received) {
        byte[] snapshot = snapshot();
        return new Heartbeat(
                identity,
                time,
                received,
                status,
                pid,
                (int) (time.getEpochSecond() - startSecond) % 1_000_000_000,
                memoryMb,
                memoryMb,
                150,
                4 - unhealthyRoutes,
                unhealthyRoutes,
                slowestMicros,
                0,
                snapshot,
                SnapshotCodec.hash(snapshot));
    }

    private byte[] snapshot() {
        return SnapshotCodec.encode(
                new Snapshot(
                        version,
                        "shop",
                        8_080L,
                        null,
                        4L,
                        "/orders",
                        new Snapshot.Repairs(
                                repairs, 0L, repairs, null, 20_000 * repairs, null, null, null),
                        new Snapshot.Totals(1_000L, 10L, 5_000_000L, 0L),
                        List.of(),
                        7L,
                        Collections.emptySortedMap(),
                        new Snapshot.Backups(backups, null, null, null),
                        alerts,
                        new TreeMap<>()));
    }
}
