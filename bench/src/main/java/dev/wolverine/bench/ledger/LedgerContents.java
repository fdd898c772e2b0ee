package dev.wolverine.bench.ledger;

import dev.wolverine.bench.fleet.SimulatedFleet;
import java.util.BitSet;
import java.util.Map;
import java.util.Set;

/**
 * What a ledger says, over all its processes. Beats are bits: the second of the simulation in which
 * they were due, by instance id.
 *
 * @param attempted beats that may have reached the platform
 * @param acknowledged beats that it promised to keep
 * @param refused beats that it refused for good, and promised to keep in quarantine
 * @param unexplained notes of beats that the simulation does not contain
 */
record LedgerContents(
        SimulatedFleet fleet,
        Map<String, BitSet> attempted,
        Map<String, BitSet> acknowledged,
        Map<String, BitSet> refused,
        Set<BeatKey> unexplained) {

    /** These promises beside the attempts of a later reading. */
    LedgerContents withAttemptsOf(LedgerContents later) {
        return new LedgerContents(fleet, later.attempted, acknowledged, refused, unexplained);
    }

    static long count(Map<String, BitSet> beats) {
        return beats.values().stream().mapToLong(BitSet::cardinality).sum();
    }
}
