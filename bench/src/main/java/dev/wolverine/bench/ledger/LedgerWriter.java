package dev.wolverine.bench.ledger;

import dev.wolverine.bench.fleet.SimulatedFleet;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes down what this process attempts to send, before it is sent, and what the platform promised
 * or did not, after it did: four append-only files a process.
 *
 * <p>Thread-safe. Each call is one write to the operating system, so that killing this process
 * loses nothing that was noted; an incomplete last line is no note. A note that cannot be written
 * fails with {@link UncheckedIOException}: a run without a ledger proves nothing.
 */
public final class LedgerWriter implements AutoCloseable {
    static final String ATTEMPTS = ".attempts";
    static final String ACKS = ".acks";
    static final String REFUSALS = ".refusals";
    static final String FAILURES = ".failures";

    private final OutputStream attempts;
    private final OutputStream acks;
    private final OutputStream refusals;
    private final OutputStream failures;

    private LedgerWriter(
            OutputStream attempts,
            OutputStream acks,
            OutputStream refusals,
            OutputStream failures) {
        this.attempts = attempts;
        this.acks = acks;
        this.refusals = refusals;
        this.failures = failures;
    }

    /**
     * Begins the files of one process.
     *
     * @param process unlike that of any other process that writes in this directory
     */
    public static LedgerWriter begin(Path directory, String process, SimulatedFleet fleet)
            throws IOException {
        Files.createDirectories(directory);
        LedgerWriter writer =
                new LedgerWriter(
                        append(directory, process + ATTEMPTS),
                        append(directory, process + ACKS),
                        append(directory, process + REFUSALS),
                        append(directory, process + FAILURES));
        write(writer.attempts, LedgerHeader.format(fleet));
        return writer;
    }

    /** Notes beats that are about to be sent. */
    public void attempted(List<BeatKey> beats) {
        write(attempts, lines(beats));
    }

    /** Notes beats that the platform has acknowledged. */
    public void acknowledged(List<BeatKey> beats) {
        if (!beats.isEmpty()) {
            write(acks, lines(beats));
        }
    }

    /** Notes a beat that the platform will never take: it must be in quarantine. */
    public void refused(BeatKey beat, String reason) {
        write(refusals, beat.instanceId() + " " + beat.timestamp() + " " + reason + "\n");
    }

    /**
     * Notes a try that was not acknowledged.
     *
     * @param word the status; REFUSED if nothing was sent, UNKNOWN if no answer came
     */
    public void failed(BeatKey beat, String word) {
        write(failures, beat.instanceId() + " " + beat.timestamp() + " " + word + "\n");
    }

    @Override
    public void close() throws IOException {
        attempts.close();
        acks.close();
        refusals.close();
        failures.close();
    }

    private static OutputStream append(Path directory, String name) throws IOException {
        return new FileOutputStream(directory.resolve(name).toFile(), true);
    }

    private static String lines(List<BeatKey> beats) {
        StringBuilder lines = new StringBuilder(beats.size() * 32);
        for (BeatKey beat : beats) {
            lines.append(beat.instanceId()).append(' ').append(beat.timestamp()).append('\n');
        }
        return lines.toString();
    }

    private static void write(OutputStream file, String text) {
        synchronized (file) {
            try {
                file.write(text.getBytes(StandardCharsets.UTF_8));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
