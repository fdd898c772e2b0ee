package dev.wolverine.alerts.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {

    @Test
    void holdsWhatSharesItsFirstBits() throws UnknownHostException {
        Network network = Network.parse("172.16.0.0/12");
        assertThat(network.contains(InetAddress.getByName("172.16.0.0"))).isTrue();
        assertThat(network.contains(InetAddress.getByName("172.31.255.255"))).isTrue();
        assertThat(network.contains(InetAddress.getByName("172.32.0.0"))).isFalse();
        assertThat(network.contains(InetAddress.getByName("::1"))).isFalse();
        assertThat(Network.parse("fd00::/8").contains(InetAddress.getByName("fdff::1"))).isTrue();
        assertThat(Network.parse("10.0.0.1").contains(InetAddress.getByName("10.0.0.1"))).isTrue();
        assertThat(Network.parse("0.0.0.0/0").contains(InetAddress.getByName("9.9.9.9"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/x",
                "localhost",
                "10/8",
                "::/129"
            })
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> Network.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: a block of addresses");
    }
}
