package dev.wolverine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wolverine.db.ledger.StoredUsage;
import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import dev.wolverine.ingest.decode.HeartbeatDraft;
import dev.wolverine.ingest.decode.JsonHeartbeatDecoder;
import dev.wolverine.ingest.decode.UndecodableBeat;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What captured clients used: the same by brute force, in the order in which the requests came (the
 * offline queue behind the beat that set it off), and in any other, over either protocol.
 */
@NullUnmarked
class CapturedUsageIT {

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3})
    void isWhatBruteForceFinds(long seed) throws SQLException, UndecodableBeat {
        List<JsonNode> bodies = new ArrayList<>();
        CapturedRequests.FILES.forEach(file -> bodies.addAll(CapturedRequests.heartbeats(file)));
        if (seed > 0) {
            Collections.shuffle(bodies, new Random(seed));
        }
        try (Fixtures fixtures = new Fixtures()) {
            Map<String, TreeMap<Instant, Heartbeat>> beats = new TreeMap<>();
            List<CompletionStage<IntakeResult>> results = new ArrayList<>();
            for (JsonNode body : bodies) {
                Heartbeat beat = decode(fixtures, body);
                beats.computeIfAbsent(beat.identity().instanceId(), _ -> new TreeMap<>())
                        .put(beat.timestamp(), beat);
                results.add(
                        seed % 2 == 0
                                ? fixtures.intake.acceptJson(
                                        fixtures.principal,
                                        null,
                                        CapturedRequests.bytes(body),
                                        Instant.now())
                                : fixtures.acceptProto(Heartbeats.proto(body).toByteArray()));
            }
            results.forEach(result ->
                    assertThat(Fixtures.await(result)).isInstanceOf(IntakeResult.Stored.class));
            List<String> expected = new ArrayList<>();
            beats.values()
                    .forEach(history ->
                            expected.addAll(StoredUsage.expected(List.copyOf(history.values()))));
            Collections.sort(expected);
            assertThat(expected).hasSizeGreaterThan(30);
            assertThat(
                            StoredUsage.rows(
                                    fixtures.database.owner().getConnection(),
                                    fixtures.organisation))
                    .isEqualTo(expected);
        }
    }

    private static Heartbeat decode(Fixtures fixtures, JsonNode body) throws UndecodableBeat {
        HeartbeatDraft draft = new JsonHeartbeatDecoder().decode(CapturedRequests.bytes(body));
        Identity identity = new Identity(fixtures.organisation, draft.instanceId());
        Instant timestamp = Instant.ofEpochMilli(draft.timestampMillis());
        return draft.build(identity, timestamp, timestamp, 0);
    }
}
