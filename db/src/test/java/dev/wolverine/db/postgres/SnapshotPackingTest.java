package dev.wolverine.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wolverine.db.model.SnapshotCodec;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked
class SnapshotPackingTest {

    private final SnapshotPacking packing = new SnapshotPacking();

    @Test
    void aSnapshotThatDiffersLittleIsSmallAndComesOutAgain() {
        Random random = new Random(20);
        for (int round = 0; round < 1_000; round++) {
            byte[] base = bytes(random, 1_000 + random.nextInt(1_000));
            byte[] content = base.clone();
            for (int i = 0; i < 12; i++) {
                content[random.nextInt(content.length)]++;
            }
            byte[] packed = packing.pack(content, base).orElseThrow();
            assertThat(packed.length).isLessThan(150);
            assertThat(SnapshotPacking.unpack(packed, base, SnapshotCodec.hash(content)))
                    .isEqualTo(content);
        }
    }

    @Test
    void theLargestThatIsPackedComesOutAgain() {
        byte[] base = bytes(new Random(23), 16 * 1024);
        byte[] content = base.clone();
        content[16 * 1024 - 1]++;
        byte[] packed = packing.pack(content, base).orElseThrow();
        assertThat(SnapshotPacking.unpack(packed, base, SnapshotCodec.hash(content)))
                .isEqualTo(content);
    }

    @Test
    void whatIsOfAnotherKindOrTooLargeStaysWhole() {
        Random random = new Random(21);
        byte[] base = bytes(random, 1_000);
        assertThat(packing.pack(bytes(random, 1_000), base)).isEqualTo(Optional.empty());
        assertThat(packing.pack(new byte[20_000], base)).isEqualTo(Optional.empty());
        assertThat(packing.pack(base, new byte[20_000])).isEqualTo(Optional.empty());
    }

    @Test
    void aDamagedOneIsNotTakenForASnapshot() {
        byte[] base = bytes(new Random(22), 1_000);
        byte[] content = base.clone();
        content[500]++;
        byte[] packed = packing.pack(content, base).orElseThrow();
        byte[] otherBase = base.clone();
        otherBase[10]++;
        assertThatThrownBy(() ->
                        SnapshotPacking.unpack(packed, otherBase, SnapshotCodec.hash(content)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not what its hash says");
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
