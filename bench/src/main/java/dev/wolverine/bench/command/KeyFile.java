package dev.wolverine.bench.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A file whose only line is an API key: keys stay out of command lines, where anybody reads them.
 */
record KeyFile(Path path) {

    String read() throws IOException {
        try {
            String key = Files.readString(path).strip();
            if (key.isEmpty() || key.lines().count() > 1) {
                throw new IllegalArgumentException(
                        "key-file: %s (expected: one line with an API key)".formatted(path));
            }
            return key;
        } catch (NoSuchFileException missing) {
            throw new IllegalArgumentException(
                    "key-file: %s (expected: an existing file)".formatted(path), missing);
        }
    }
}
