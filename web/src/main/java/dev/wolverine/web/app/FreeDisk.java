package dev.wolverine.web.app;

import dev.wolverine.web.config.PlatformConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** What is free on the disk of our own database; an external one keeps its disk to itself. */
final class FreeDisk implements Supplier<OptionalLong> {

    private final Optional<Path> directory;

    FreeDisk(PlatformConfig config) {
        directory =
                config.database().external().isPresent()
                        ? Optional.empty()
                        : Optional.of(config.data().dir());
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
