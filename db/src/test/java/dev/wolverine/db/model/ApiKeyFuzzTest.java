package dev.wolverine.db.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** A text is a key in one way only, or none. */
class ApiKeyFuzzTest {

    @FuzzTest(maxDuration = "5s")
    void isAKeyInOneWayOrNone(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        ApiKey.parse(text)
                .ifPresent(key -> {
                    assertThat(key.text()).isEqualTo(text);
                    assertThat(key.toString()).doesNotContain(key.secret());
                });
    }
}
