package dev.wolverine.bench.ledger;

import dev.wolverine.bench.fleet.SimulatedFleet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The first line of each attempts file: whose beats these are. */
final class LedgerHeader {
    private static final Pattern LINE =
            Pattern.compile("# seed=(-?\\d+) origin=(\\d+) instances=(\\d+)");

    private LedgerHeader() {}

    static String format(SimulatedFleet fleet) {
        return "# seed=%d origin=%d instances=%d\n"
                .formatted(fleet.seed(), fleet.originSecond(), fleet.instances());
    }

    static SimulatedFleet parse(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "ledger header: " + line + " (expected: # seed=N origin=N instances=N)");
        }
        return new SimulatedFleet(
                Long.parseLong(matcher.group(1)),
                Long.parseLong(matcher.group(2)),
                Integer.parseInt(matcher.group(3)));
    }
}
