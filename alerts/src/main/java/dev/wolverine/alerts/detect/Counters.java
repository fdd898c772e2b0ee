package dev.wolverine.alerts.detect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.ServerState;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotCodec;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the snapshot of a beat says that rules can ask for. Numbers that were not sent are {@link
 * Heartbeat#ABSENT}.
 *
 * @param hash of the snapshot
 * @param isWhole whether limit and alerts are known
 * @param limitMb at which the instance says that it is restarted
 * @param alertsJson what the instance raised by itself
 */
record Counters(
        long hash,
        boolean isWhole,
        String version,
        String slowestPath,
        int totalRoutes,
        int limitMb,
        long repairs,
        long repairSuccesses,
        long repairFailures,
        long repairCostMicros,
        long tokens,
        long calls,
        long costMicros,
        long savingsMicros,
        long memories,
        long backups,
        List<String> alertsJson) {

    /** Where a client would tell its WOLVERINE_MAX_MEMORY_MB. */
    private static final List<String> LIMITS =
            List.of("/process/maxMemoryMB", "/server/maxMemoryMB", "/maxMemoryMB");

    private static final int MOST_LIMIT_MB = 16 * 1024 * 1024;
    private static final JsonFactory JSON = new JsonFactory();

    /** Of a snapshot that is there. */
    static Counters of(Heartbeat beat) {
        Snapshot snapshot =
                endsEmpty(beat.snapshot())
                        ? SnapshotCodec.decodeSums(beat.snapshot())
                        : SnapshotCodec.decode(beat.snapshot());
        Snapshot.Repairs repairs = snapshot.repairs();
        Snapshot.Totals totals = snapshot.totals();
        return new Counters(
                beat.snapshotHash(),
                true,
                text(snapshot.version()),
                text(snapshot.slowestPath()),
                (int) number(snapshot.totalRoutes()),
                limitMb(snapshot),
                number(repairs.total()),
                number(repairs.successes()),
                number(repairs.failures()),
                number(repairs.costMicros()),
                number(totals.tokens()),
                number(totals.calls()),
                number(totals.costMicros()),
                number(totals.cacheSavingsMicros()),
                number(snapshot.memories()),
                number(snapshot.backups().total()),
                snapshot.alertsJson());
    }

    /** Of a stored state, which keeps neither limit nor alerts: the next snapshot brings them. */
    static Counters of(ServerState state) {
        return new Counters(
                state.snapshotHash(),
                false,
                text(state.version()),
                text(state.slowestPath()),
                state.totalRoutes(),
                Heartbeat.ABSENT,
                state.repairs(),
                state.repairSuccesses(),
                state.repairFailures(),
                state.repairCostMicros(),
                state.tokens(),
                state.calls(),
                state.costMicros(),
                state.cacheSavingsMicros(),
                state.memories(),
                state.backups(),
                List.of());
    }

    /** Neither alerts nor unknown keys: the encoding ends with how many there are of both. */
    private static boolean endsEmpty(byte[] snapshot) {
        return snapshot.length >= 2
                && snapshot[snapshot.length - 1] == 0
                && snapshot[snapshot.length - 2] == 0;
    }

    private static int limitMb(Snapshot snapshot) {
        for (String pointer : LIMITS) {
            String json = snapshot.unknown().get(pointer);
            if (json != null) {
                return limitMb(json);
            }
        }
        return Heartbeat.ABSENT;
    }

    private static int limitMb(String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            JsonToken token = parser.nextToken();
            if (token != null && token.isNumeric()) {
                double limit = parser.getDoubleValue();
                return limit >= 1 && limit <= MOST_LIMIT_MB ? (int) limit : Heartbeat.ABSENT;
            }
        } catch (IOException _) {
            // A client's own key may hold anything.
        }
        return Heartbeat.ABSENT;
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static long number(@Nullable Long number) {
        return number == null ? Heartbeat.ABSENT : number;
    }
}
