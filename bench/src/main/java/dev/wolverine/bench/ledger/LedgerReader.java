package dev.wolverine.bench.ledger;

import dev.wolverine.bench.fleet.SimulatedFleet;
import dev.wolverine.bench.fleet.SimulatedInstance;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the files that {@link LedgerWriter}s left in one directory, once. */
final class LedgerReader {
    /** Nothing is kept of such a beat: the one exception to the promise of a quarantine. */
    private static final String NOT_KEPT = "QUARANTINE_FULL";

    private final Path directory;
    private final Map<String, BitSet> attempted = new HashMap<>();
    private final Map<String, BitSet> acknowledged = new HashMap<>();
    private final Map<String, BitSet> refused = new HashMap<>();
    private final Set<BeatKey> unexplained = new HashSet<>();

    LedgerReader(Path directory) {
        this.directory = directory;
    }

    /**
     * The fleet of this ledger, as large as the largest process had it; empty if none was begun.
     */
    Optional<SimulatedFleet> fleet() throws IOException {
        @Nullable SimulatedFleet largest = null;
        for (Path file : files(LedgerWriter.ATTEMPTS)) {
            try (BufferedReader reader = Files.newBufferedReader(file)) {
                @Nullable String line = reader.readLine();
                if (line != null) {
                    largest = larger(largest, LedgerHeader.parse(line));
                }
            }
        }
        return Optional.ofNullable(largest);
    }

    private static SimulatedFleet larger(@Nullable SimulatedFleet one, SimulatedFleet other) {
        if (one == null) {
            return other;
        }
        if (one.seed() != other.seed() || one.originSecond() != other.originSecond()) {
            throw new IllegalArgumentException(
                    "ledger: files of seeds %d and %d, origins %d and %d (expected: one fleet)"
                            .formatted(
                                    one.seed(),
                                    other.seed(),
                                    one.originSecond(),
                                    other.originSecond()));
        }
        return one.instances() >= other.instances() ? one : other;
    }

    LedgerContents read(SimulatedFleet fleet) throws IOException {
        Map<String, SimulatedInstance> instances = fleet.byId();
        for (Path file : files(LedgerWriter.ATTEMPTS)) {
            readInto(attempted, file, fleet, instances);
        }
        for (Path file : files(LedgerWriter.ACKS)) {
            readInto(acknowledged, file, fleet, instances);
        }
        for (Path file : files(LedgerWriter.REFUSALS)) {
            readInto(refused, file, fleet, instances);
        }
        return new LedgerContents(fleet, attempted, acknowledged, refused, unexplained);
    }

    private void readInto(
            Map<String, BitSet> beats,
            Path file,
            SimulatedFleet fleet,
            Map<String, SimulatedInstance> instances)
            throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            CompleteLines lines = new CompleteLines(reader);
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (!line.startsWith("#") && !line.endsWith(NOT_KEPT)) {
                    note(beats, parse(line, file), fleet, instances);
                }
            }
        }
    }

    private static BeatKey parse(String line, Path file) {
        String[] words = line.split(" ", 3);
        if (words.length < 2) {
            throw new IllegalArgumentException(
                    "%s: %s (expected: instance timestamp)".formatted(file.getFileName(), line));
        }
        return new BeatKey(words[0], Long.parseLong(words[1]));
    }

    private void note(
            Map<String, BitSet> beats,
            BeatKey beat,
            SimulatedFleet fleet,
            Map<String, SimulatedInstance> instances) {
        long second = fleet.secondAt(beat.timestamp());
        SimulatedInstance instance = instances.get(beat.instanceId());
        if (instance == null || second < 0 || instance.timestamp(second) != beat.timestamp()) {
            unexplained.add(beat);
            return;
        }
        beats.computeIfAbsent(beat.instanceId(), id -> new BitSet()).set((int) second);
    }

    private List<Path> files(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
        }
    }

    /** Lines that end with a line feed: a process that was killed may have left half a line. */
    private record CompleteLines(BufferedReader reader) {
        @Nullable String next() throws IOException {
            StringBuilder line = new StringBuilder(48);
            for (int character = reader.read(); character >= 0; character = reader.read()) {
                if (character == '\n') {
                    return line.toString();
                }
                line.append((char) character);
            }
            return null;
        }
    }
}
