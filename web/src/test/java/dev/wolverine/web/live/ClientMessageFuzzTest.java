package dev.wolverine.web.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Whatever a client says: a message, or why it is none. */
class ClientMessageFuzzTest {

    @FuzzTest(maxDuration = "5s")
    void isUnderstoodOrRefused(byte[] bytes) {
        try {
            if (ClientMessage.parse(new String(bytes, StandardCharsets.UTF_8))
                    instanceof ClientMessage.Subscribe subscription) {
                assertThat(subscription.id()).isNotNegative();
                assertThat(subscription.servers())
                        .hasSizeLessThanOrEqualTo(ClientMessage.MAX_SERVERS);
            }
        } catch (ClientMessage.Malformed malformed) {
            assertThat(malformed.detail()).contains("(expected: ");
        }
    }
}
