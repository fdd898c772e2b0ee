package dev.wolverine.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VersionsTest {

    @Test
    void runsOfDigitsCountAsNumbers() {
        List<String> inOrder =
                List.of("", "1.9.0", "1.9.0-beta.2", "1.9.0-beta.10", "1.10.0", "5.2");
        assertThat(inOrder.reversed().stream().sorted(Versions.ORDER)).isEqualTo(inOrder);
    }

    @Test
    void aVersionThatIsNotThereStandsBetweenItsNeighbours() {
        Versions versions = new Versions(Set.of("1.2", "1.10"));
        assertThat(versions.key("1.3"))
                .isBetween(versions.key("1.2") + 1, versions.key("1.10") - 1);
        assertThat(versions.key("2")).isGreaterThan(versions.key("1.10"));
    }
}
