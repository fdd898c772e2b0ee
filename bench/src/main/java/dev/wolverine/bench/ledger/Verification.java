package dev.wolverine.bench.ledger;

import dev.wolverine.bench.database.DatabaseUrl;
import dev.wolverine.bench.fleet.SimulatedFleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Checks one ledger against one database. */
public final class Verification {
    private final Path ledgerDirectory;
    private final DatabaseUrl database;

    public Verification(Path ledgerDirectory, DatabaseUrl database) {
        this.ledgerDirectory = ledgerDirectory;
        this.database = database;
    }

    /** The fleet that a ledger was begun with; empty if there is no ledger yet. */
    public static Optional<SimulatedFleet> fleetOf(Path ledgerDirectory) throws IOException {
        return Files.isDirectory(ledgerDirectory)
                ? new LedgerReader(ledgerDirectory).fleet()
                : Optional.empty();
    }

    /**
     * Works beside a fleet that goes on sending: the promises are read before the store, the
     * attempts after the moment that the store is seen at.
     */
    public CheckReport run() throws IOException {
        Optional<SimulatedFleet> fleet = fleetOf(ledgerDirectory);
        if (fleet.isEmpty()) {
            return CheckReport.unknown("there is no ledger in " + ledgerDirectory, 0, 0);
        }
        LedgerContents contents = read(fleet.get());
        try (Connection connection = database.connect()) {
            PostgresStore store = PostgresStore.seenNow(connection);
            return new Checker(contents.withAttemptsOf(read(fleet.get()))).check(store);
        } catch (SQLException unreachable) {
            return CheckReport.unknown(
                    "the store cannot be read: " + database + ": " + unreachable.getMessage(),
                    LedgerContents.count(contents.attempted()),
                    LedgerContents.count(contents.acknowledged()));
        }
    }

    /** Beats in a ledger. */
    public record Promises(long attempted, long acknowledged) {}

    /** What a ledger says by itself. */
    public static Promises promises(Path ledgerDirectory) throws IOException {
        Optional<SimulatedFleet> fleet = fleetOf(ledgerDirectory);
        if (fleet.isEmpty()) {
            return new Promises(0, 0);
        }
        LedgerContents contents = new LedgerReader(ledgerDirectory).read(fleet.get());
        return new Promises(
                LedgerContents.count(contents.attempted()),
                LedgerContents.count(contents.acknowledged()));
    }

    private LedgerContents read(SimulatedFleet fleet) throws IOException {
        return new LedgerReader(ledgerDirectory).read(fleet);
    }
}
