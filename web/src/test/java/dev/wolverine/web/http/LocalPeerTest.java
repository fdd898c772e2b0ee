package dev.wolverine.web.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalPeerTest {

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:8080", "127.0.0.1:1", "127.9.9.9", "[::1]:80"})
    void loopbackNames(String host) {
        assertThat(LocalPeer.isLoopbackHost(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost.evil.example",
                "evil.example:127",
                "10.0.0.1",
                "[::2]",
                "[::1",
                "2130706433"
            })
    void allElse(String host) {
        assertThat(LocalPeer.isLoopbackHost(host)).isFalse();
        assertThat(LocalPeer.isLoopbackHost(null)).isFalse();
    }
}
