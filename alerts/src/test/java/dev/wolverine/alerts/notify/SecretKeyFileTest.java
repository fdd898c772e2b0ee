package dev.wolverine.alerts.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretKeyFileTest {

    private final SecureRandom random = new SecureRandom();

    @TempDir private Path directory;

    @Test
    void isMadeOnceForItsOwnerAlone() throws IOException {
        Path file = directory.resolve("new/secrets.key");
        byte[] key = SecretKeyFile.readOrCreate(file, random);
        assertThat(key).hasSize(32);
        assertThat(SecretKeyFile.readOrCreate(file, random)).isEqualTo(key);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var files = Files.list(directory.resolve("new"))) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void whatIsNoKeyIsRefusedWithoutBeingShown() throws IOException {
        Path file = Files.writeString(directory.resolve("secrets.key"), "canary");
        assertThatThrownBy(() -> SecretKeyFile.readOrCreate(file, random))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("secrets.key-file: " + file)
                .message()
                .doesNotContain("canary");
    }
}
