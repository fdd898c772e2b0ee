package dev.wolverine.bench.ledger;

import java.util.List;

/**
 * What the comparison of ledger and store says.
 *
 * @param reason why, in a sentence
 * @param lost promised and not kept
 * @param invented kept and never sent
 * @param duplicates rows beyond the first of the same instance and time
 * @param differing rows with another value than was sent
 * @param unanswered kept without a promise: sent, but the answer did not arrive; allowed
 * @param examples some of the faults, in words
 */
public record CheckReport(
        Verdict verdict,
        String reason,
        long attempted,
        long acknowledged,
        long refused,
        long stored,
        long quarantined,
        long lost,
        long invented,
        long duplicates,
        long differing,
        long unanswered,
        List<String> examples) {

    /** Whether the platform kept its promises, as far as can be known. */
    public enum Verdict {
        VALID(0, "valid"),
        INVALID(1, "INVALID"),
        UNKNOWN(2, "UNKNOWN");

        private final int exitCode;
        private final String word;

        Verdict(int exitCode, String word) {
            this.exitCode = exitCode;
            this.word = word;
        }

        public int exitCode() {
            return exitCode;
        }

        public String word() {
            return word;
        }
    }

    public CheckReport {
        examples = List.copyOf(examples);
    }

    /** Nothing could be compared. */
    static CheckReport unknown(String reason, long attempted, long acknowledged) {
        return new CheckReport(
                Verdict.UNKNOWN,
                reason,
                attempted,
                acknowledged,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                List.of());
    }
}
