package dev.wolverine.web.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReferencePageTest {

    private static final Path PAGE = Path.of("..", "docs", "operations.md");

    @Test
    void listsEveryKeyWithItsDefaultAndNoOther() throws IOException {
        List<String> page = Files.readAllLines(PAGE);
        List<String> rows =
                page.subList(page.indexOf("| key | default | meaning |") + 2, page.size()).stream()
                        .takeWhile(line -> line.startsWith("|"))
                        .toList();

        assertThat(rows)
                .map(row -> row.substring(0, row.indexOf('|', row.indexOf('|', 2) + 1)).strip())
                .containsExactlyElementsOf(
                        ConfigKey.of(PlatformConfig.defaults()).stream()
                                .map(key -> "| `" + key.name() + "` | " + shipped(key))
                                .toList());
    }

    private static String shipped(ConfigKey key) {
        return key.shippedText().isEmpty() ? "none" : "`" + key.shippedText() + "`";
    }
}
