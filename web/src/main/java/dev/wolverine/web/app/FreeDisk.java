package dev.wolverine.web.app;

import dev.wolverine.ingest.DiskGate;
import dev.wolverine.web.config.PlatformConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** What is free on the disk of our own database; an external one keeps its disk to itself. */
final class FreeDisk implements Supplier<OptionalLong> {

    /** What heartbeats leave: this, or a twentieth of a smaller disk. */
    private static final long LARGEST_RESERVE = 1L << 30;

    private static final long RESERVE_SHARE = 20;

    private final Optional<Path> directory;

    FreeDisk(PlatformConfig config) {
        directory =
                config.database().external().isPresent()
                        ? Optional.empty()
                        : Optional.of(config.data().dir());
    }

    /** Keeps heartbeats out before the disk is full. */
    DiskGate gate() {
        return new DiskGate(this, reserve(), System::nanoTime);
    }

    private long reserve() {
        try {
            return directory.isEmpty()
                    ? 0
                    : Math.min(
                            LARGEST_RESERVE,
                            Files.getFileStore(directory.get()).getTotalSpace() / RESERVE_SHARE);
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public OptionalLong get() {
        if (directory.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Files.getFileStore(directory.get()).getUsableSpace());
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
