package dev.wolverine.alerts.detect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wolverine.alerts.crash.CrashLoopRule;
import dev.wolverine.alerts.crash.CrashVerdict;
import dev.wolverine.alerts.leak.LeakRule;
import dev.wolverine.alerts.leak.LeakVerdict;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What real clients sent, slowed down: they were recorded with a beat a second. */
final class CapturedBeatsTest {

    private static final Path CAPTURES = Path.of("../ingest/src/test/resources/heartbeats");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Identity IDENTITY = new Identity(UUID.randomUUID(), "wlv_a");

    @Test
    void theLeakThatWasRecordedIsOne() throws IOException {
        InstanceHistory history = replay("leak.ndjson", 600);
        LeakVerdict verdict = history.leak(LeakRule.standard());
        assertThat(verdict.reason()).isEqualTo(LeakVerdict.Reason.FAST);
        assertThat(verdict.severity()).isEqualTo(LeakVerdict.Severity.CRITICAL);
    }

    @Test
    void theCrashLoopThatWasRecordedIsOne() throws IOException {
        InstanceHistory history = replay("crashloop-child.ndjson", 60);
        CrashVerdict verdict =
                CrashLoopRule.standard()
                        .judge(
                                history.restarts(),
                                List.of(),
                                Math.floorDiv(history.newestMillis(), 1_000));
        assertThat(verdict.severity()).isEqualTo(CrashVerdict.Severity.CRITICAL);
        assertThat(verdict.restarts()).isEqualTo(6);
    }

    @Test
    void whoWasWellIsNeither() throws IOException {
        InstanceHistory history = replay("failing-repairs.ndjson", 600);
        assertThat(history.leak(LeakRule.standard()).fires()).isFalse();
        assertThat(
                        CrashLoopRule.standard()
                                .judge(
                                        history.restarts(),
                                        List.of(),
                                        Math.floorDiv(history.newestMillis(), 1_000))
                                .fires())
                .isFalse();
    }

    /** Each beat holds until the next one, a beat a minute. */
    private static InstanceHistory replay(String file, int slower) throws IOException {
        List<JsonNode> bodies = new ArrayList<>();
        for (String line : Files.readAllLines(CAPTURES.resolve(file))) {
            JsonNode body = JSON.readTree(line).path("body");
            if (body.has("timestamp")) {
                bodies.add(body);
            }
        }
        InstanceHistory history = new InstanceHistory(1, IDENTITY.organisationId());
        long first = bodies.getFirst().get("timestamp").asLong();
        for (int i = 0; i + 1 < bodies.size(); i++) {
            long from = (bodies.get(i).get("timestamp").asLong() - first) * slower;
            long until = (bodies.get(i + 1).get("timestamp").asLong() - first) * slower;
            for (long millis = from; millis < until; millis += 60_000) {
                history.add(beat(bodies.get(i), first + millis, first));
            }
        }
        return history;
    }

    private static Heartbeat beat(JsonNode body, long millis, long start) {
        return Beats.of(IDENTITY)
                .process(body.at("/server/pid").intValue(), Instant.ofEpochMilli(start - 60_000))
                .version(body.get("version").textValue())
                .memory(body.at("/process/memoryMB").intValue())
                .at(Instant.ofEpochMilli(millis));
    }
}
