package dev.wolverine.db.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.Identity;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked
class ServerLedgerTest {

    private static final Identity SERVER = new Identity(new UUID(7, 7), "wlv_a");
    private static final Instant END = Instant.parse("2026-11-21T12:00:00Z");
    private static final int HISTORIES = Integer.getInteger("ledger.histories", 1_000);

    @Test
    void findsWhatBruteForceFinds() {
        long beats = 0;
        long cells = 0;
        long estimated = 0;
        for (long seed = 1; seed <= HISTORIES; seed++) {
            List<Heartbeat> history = GeneratedHistory.of(seed, SERVER, END);
            TreeMap<UsageKey, long[]> expected = UsageOracle.usage(history);
            assertThat(readable(run(history))).as("seed %d", seed).isEqualTo(readable(expected));
            beats += history.size();
            cells += expected.size();
            estimated +=
                    expected.values().stream().filter(c -> c[LedgerFacts.ESTIMATED] > 0).count();
        }
        System.out.printf(
                "%d histories (seeds 1 to %d), %d beats, %d cells of usage, %d of them estimated%n",
                HISTORIES, HISTORIES, beats, cells, estimated);
        assertThat(estimated).isBetween(cells / 100, cells - 1);
    }

    @Test
    void goesOnFromAStoredStateAsIfItHadNeverStopped() {
        for (long seed = 1; seed <= HISTORIES / 10; seed++) {
            List<Heartbeat> history = GeneratedHistory.of(seed, SERVER, END);
            Random random = new Random(seed);
            LedgerFacts facts = new LedgerFacts();
            LedgerState state = LedgerState.EMPTY;
            for (Heartbeat beat : history) {
                ServerLedger ledger = new ServerLedger(state, facts);
                ledger.add(beat);
                state = ledger.state();
                if (random.nextInt(4) == 0) {
                    byte[] stored = LedgerCodec.encode(state);
                    state = LedgerCodec.decode(stored);
                    assertThat(LedgerCodec.encode(state)).isEqualTo(stored);
                }
            }
            assertThat(readable(withoutZeros(facts)))
                    .as("seed %d", seed)
                    .isEqualTo(readable(run(history)));
        }
    }

    private static TreeMap<UsageKey, long[]> run(List<Heartbeat> history) {
        LedgerFacts facts = new LedgerFacts();
        ServerLedger ledger = new ServerLedger(LedgerState.EMPTY, facts);
        history.forEach(ledger::add);
        return withoutZeros(facts);
    }

    private static TreeMap<UsageKey, long[]> withoutZeros(LedgerFacts facts) {
        return new TreeMap<>(facts.minus(new LedgerFacts()).usage());
    }

    private static List<String> readable(Map<UsageKey, long[]> usage) {
        return usage.entrySet().stream()
                .map(e -> e.getKey() + " " + Arrays.toString(e.getValue()))
                .toList();
    }
}
