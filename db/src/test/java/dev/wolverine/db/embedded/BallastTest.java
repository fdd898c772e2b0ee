package dev.wolverine.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BallastTest {
    private static final long BYTES = 4L << 20;

    private final AtomicLong free = new AtomicLong(100 * BYTES);
    @TempDir private Path directory;
    private Path file = Path.of("");
    private Ballast ballast = new Ballast(file, BYTES, free::get);

    @BeforeEach
    void make() throws Exception {
        file = directory.resolve("ballast");
        ballast = new Ballast(file, BYTES, free::get);
        ballast.look(true);
    }

    @Test
    void takesItsRoom() {
        assertThat(file).hasSize(BYTES);
    }

    @Test
    void goesOverboardWhereTheDiskIsFull() throws Exception {
        free.set(BYTES / 4);
        ballast.look(true);
        assertThat(file).exists();

        free.set(BYTES / 4 - 1);
        ballast.look(true);
        assertThat(file).doesNotExist();
    }

    @Test
    void comesBackOnlyWhereThereIsFourTimesItsRoom() throws Exception {
        free.set(0);
        ballast.look(true);

        free.set(4 * BYTES);
        ballast.look(true);
        assertThat(file).doesNotExist();

        free.set(4 * BYTES + 1);
        ballast.look(true);
        assertThat(file).hasSize(BYTES);
    }

    @Test
    void isNotMadeRightAfterTheStart() throws Exception {
        Ballast other = new Ballast(directory.resolve("other"), BYTES, free::get);

        other.look(false);

        assertThat(directory.resolve("other")).doesNotExist();
    }
}
