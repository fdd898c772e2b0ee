package dev.wolverine.web.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerIdentityTest {

    @TempDir private Path directory;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Path certificate;
    private Path key;

    @BeforeEach
    void files() {
        certificate = directory.resolve("certificate.pem");
        key = directory.resolve("key.pem");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void servesItsCertificate(String algorithm) throws Exception {
        TestCertificate.make(directory, algorithm, "-1d").write(certificate, key);

        ServerIdentity identity = identity();

        assertThat(identity.getServerAliases(algorithm, null)).containsExactly("own-0");
        assertThat(
                        Objects.requireNonNull(identity.getCertificateChain("own-0"))[0]
                                .getPublicKey()
                                .getAlgorithm())
                .isEqualTo(algorithm);
        assertThat(identity.getPrivateKey("own-0")).isNotNull();
    }

    @Test
    void saysWhatIsWrongWithTheFiles() throws Exception {
        TestCertificate good = TestCertificate.make(directory, "EC", "-1d");
        TestCertificate other = TestCertificate.make(directory, "EC", "-1d");

        assertThatThrownBy(this::identity)
                .hasMessage(
                        "tls.certificate: " + certificate + " (expected: a file that can be read)");
        Files.writeString(certificate, "nonsense");
        assertThatThrownBy(this::identity).hasMessageContaining("certificates in PEM");
        Files.writeString(certificate, good.certificate());
        assertThatThrownBy(this::identity).hasMessageStartingWith("tls.key: ");
        Files.writeString(key, good.key().replace("PRIVATE KEY", "EC PRIVATE KEY"));
        assertThatThrownBy(this::identity).hasMessageContaining("openssl pkcs8 -topk8 -nocrypt");
        Files.writeString(key, other.key());
        assertThatThrownBy(this::identity)
                .hasMessage(
                        "tls.key: "
                                + key
                                + " (expected: the key of the certificate in tls.certificate)");
        Files.writeString(certificate, TestCertificate.make(directory, "EC", "-20d").certificate());
        assertThatThrownBy(this::identity).hasMessageContaining("one that has not ended");
    }

    @Test
    void takesANewPairOnceItIsWhole() throws Exception {
        TestCertificate.make(directory, "EC", "-2d").write(certificate, key);
        ServerIdentity identity = identity();
        TestCertificate next = TestCertificate.make(directory, "EC", "-1d");
        var before = own(identity);

        identity.reload();
        Files.writeString(certificate, next.certificate());
        identity.reload();
        assertThat(own(identity)).isEqualTo(before);
        assertThat(count("refused")).isEqualTo(1);

        Files.writeString(key, next.key());
        identity.reload();
        assertThat(own(identity)).isNotEqualTo(before);
        assertThat(count("taken")).isEqualTo(1);
        assertThat(Objects.requireNonNull(identity.getCertificateChain("own-0"))[0])
                .as("a handshake that had begun")
                .isEqualTo(before);
    }

    private static X509Certificate own(ServerIdentity identity) {
        String alias = Objects.requireNonNull(identity.chooseServerAlias("EC", null, new Socket()));
        return Objects.requireNonNull(identity.getCertificateChain(alias))[0];
    }

    private double count(String result) {
        return meters.counter("wolverine.tls.reloads", "result", result).count();
    }

    private ServerIdentity identity() {
        return new ServerIdentity(certificate, key, Clock.systemUTC(), meters);
    }
}
