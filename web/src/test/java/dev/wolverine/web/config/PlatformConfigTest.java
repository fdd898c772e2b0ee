package dev.wolverine.web.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wolverine.db.DatabaseConfig;
import dev.wolverine.ingest.grpc.GrpcConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformConfigTest {

    @Test
    void runsItsOwnServersUnlessToldOtherwise() {
        PlatformConfig config = read(Map.of());

        assertThat(config.database().external()).isEmpty();
        assertThat(config.redis().external()).isEmpty();
    }

    @Test
    void listensOnThisMachineAlone() {
        assertThat(PlatformConfig.defaults().http())
                .isEqualTo(new PlatformConfig.Http("127.0.0.1", 8080, Set.of()));
        assertThat(PlatformConfig.defaults().grpc()).isEqualTo(new GrpcConfig("127.0.0.1", 9090));
    }

    @Test
    void takesTheShortNamesOfScripts() {
        PlatformConfig config =
                read(
                        Map.of("WOLVERINE_DATA_DIR", "/srv/a", "WOLVERINE_GRPC_PORT", "0"),
                        "--data-dir",
                        "/srv/b",
                        "--http-port",
                        "1234");

        assertThat(config.data().dir()).isEqualTo(Path.of("/srv/b"));
        assertThat(config.http().port()).isEqualTo(1234);
        assertThat(config.grpc().port()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://ann:s3cret@db.example:6543/fleet",
                "jdbc:postgresql://db.example:6543/fleet?user=ann&password=s3cret",
            })
    void takesAnExternalDatabaseByItsAddress(String url) {
        PlatformConfig config = read(Map.of("WOLVERINE_DATABASE_URL", url));

        assertThat(config.database().external())
                .contains(
                        DatabaseConfig.of(
                                "jdbc:postgresql://db.example:6543/fleet", "ann", "s3cret"));
        assertThat(config.toString()).doesNotContain("s3cret");
    }

    @Test
    void takesCredentialsBesideTheAddress() {
        PlatformConfig config =
                read(
                        Map.of("WOLVERINE_DATABASE_PASSWORD", "s3cret"),
                        "--database.url=postgresql://db.example/fleet",
                        "--database.user=ann");

        assertThat(config.database().external())
                .contains(DatabaseConfig.of("jdbc:postgresql://db.example/fleet", "ann", "s3cret"));
    }

    @Test
    void refusesAddressesWithoutShowingThem() {
        assertThatThrownBy(() ->
                        read(
                                Map.of("WOLVERINE_DATABASE_URL", "mysql://ann:s3cret@x/y"),
                                "--redis.url=http://:s3cret@x"))
                .hasMessage(
                        "database.url: *** from environment WOLVERINE_DATABASE_URL (expected:"
                                + " postgresql://user:password@host:port/name)\n"
                                + "redis.url: *** from flag --redis.url (expected:"
                                + " redis://:password@host:port/0)");
    }

    @Test
    void doesNotListenToANetworkInTheClear() {
        assertThatThrownBy(() -> read(Map.of(), "--http.host=0.0.0.0"))
                .hasMessage(
                        "http.host: 0.0.0.0 from flag --http.host (expected: a loopback address, or"
                                + " tls.certificate and tls.key, or http.trusted-proxies)");
        assertThatThrownBy(() -> read(Map.of(), "--grpc.host=192.0.2.1", "--tls.key=/k"))
                .hasMessageContaining("tls.certificate: missing")
                .hasMessageContaining("grpc.host: 192.0.2.1");
        assertThat(
                        read(
                                        Map.of(),
                                        "--http.host=0.0.0.0",
                                        "--http.trusted-proxies=10.0.0.7, fd00::/8")
                                .http()
                                .trustedProxies())
                .containsExactlyInAnyOrder("10.0.0.7", "fd00::/8");
        assertThat(
                        read(Map.of(), "--http.host=::", "--tls.certificate=/c", "--tls.key=/k")
                                .tls()
                                .key())
                .contains(Path.of("/k"));
    }

    @Test
    void hasAKeyForEveryModule() {
        assertThat(read(Map.of("WOLVERINE_INGEST_BATCH_MAX_ROWS", "77")).ingest().batch().maxRows())
                .isEqualTo(77);
    }

    @Test
    void agreesToItsOwnDefaultsWrittenOut() {
        String[] flags =
                ConfigKey.of(PlatformConfig.defaults()).stream()
                        .map(key -> "--" + key.name() + "=" + key.shippedText())
                        .toArray(String[]::new);

        assertThat(read(Map.of(), flags)).isEqualTo(PlatformConfig.defaults());
    }

    private static PlatformConfig read(Map<String, String> environment, String... flags) {
        return Configuration.read(
                        PlatformConfig.defaults(),
                        new ConfigSources(
                                List.of(flags), environment, settings -> Path.of("/nowhere")))
                .values();
    }
}
