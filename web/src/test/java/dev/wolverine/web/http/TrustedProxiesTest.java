package dev.wolverine.web.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // peer       | X-Forwarded-For                  | who asks
                "203.0.113.9  | 198.51.100.1                     | 203.0.113.9",
                "10.0.0.7     |                                  | 10.0.0.7",
                "10.0.0.7     | 198.51.100.1                     | 198.51.100.1",
                "10.0.0.7     | 1.2.3.4, 198.51.100.1            | 198.51.100.1",
                "10.0.0.7     | 198.51.100.1, 10.9.9.9           | 198.51.100.1",
                "10.0.0.7     | 198.51.100.1, nonsense           | 10.0.0.7",
                "10.0.0.7     | 198.51.100.1, nonsense, 10.9.9.9 | 10.9.9.9",
                "10.0.0.7     | 2001:db8::1                      | 2001:db8::1",
                "fd00::7      | 198.51.100.1                     | 198.51.100.1",
            })
    void believesNamedProxiesAlone(String peer, String forwarded, String caller) {
        TrustedProxies proxies = new TrustedProxies(List.of("10.0.0.0/8", "fd00::/8"));

        assertThat(proxies.callerOf(peer, forwarded == null ? "" : forwarded)).isEqualTo(caller);
    }

    @Test
    void believesNobodyUnlessTold() {
        assertThat(new TrustedProxies(List.of()).callerOf("127.0.0.1", "1.2.3.4"))
                .isEqualTo("127.0.0.1");
    }

    @Test
    void doesNotReadEndlessHeaders() {
        assertThat(
                        new TrustedProxies(List.of("10.0.0.0/8"))
                                .callerOf("10.0.0.7", "1.1.1.1,".repeat(1_000) + "2.2.2.2"))
                .isEqualTo("10.0.0.7");
    }

    @Test
    void onlyProxiesAndThisMachinePassInTheClear() {
        TrustedProxies proxies = new TrustedProxies(List.of("10.0.0.7"));

        assertThat(proxies.mayPass("10.0.0.7")).isTrue();
        assertThat(proxies.mayPass("127.0.0.1")).isTrue();
        assertThat(proxies.mayPass("10.0.0.8")).isFalse();
        assertThat(new TrustedProxies(List.of()).mayPass("10.0.0.8")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "proxy.example",
                "10.0.0.0/33",
                "10.0.0.0/x",
                "10.0.0.0/-1",
                "fd00::/129"
            })
    void refusesWhatIsNoRange(String text) {
        assertThatThrownBy(() -> new TrustedProxies(List.of(text)))
                .hasMessage(
                        "http.trusted-proxies: "
                                + text
                                + " (expected: addresses or ranges, as 10.0.0.7 or 10.0.0.0/8)");
    }
}
