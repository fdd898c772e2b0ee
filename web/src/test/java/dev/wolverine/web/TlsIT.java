package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wolverine.db.model.Role;
import dev.wolverine.proto.v1.SendHeartbeatRequest;
import dev.wolverine.proto.v1.TelemetryServiceGrpc;
import dev.wolverine.web.http.HttpSettings;
import dev.wolverine.web.http.TrustedProxies;
import dev.wolverine.web.live.LiveSettings;
import dev.wolverine.web.tls.ServerIdentity;
import dev.wolverine.web.tls.TestCertificate;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP and gRPC over TLS, with certificates that change. */
class TlsIT {

    private static final int SWAPS = 100;

    @TempDir private static Path directory;
    private static TestCertificate first;
    private static TestCertificate second;
    private static Path certificate;
    private static Path key;
    private static ServerIdentity identity;
    private static TestPlatform platform;
    private static String ingest;
    private static SSLContext trusting;

    @BeforeAll
    static void start() throws Exception {
        first = TestCertificate.make(directory, "EC", "-1d");
        second = TestCertificate.make(directory, "RSA", "-1d");
        certificate = directory.resolve("certificate.pem");
        key = directory.resolve("key.pem");
        first.write(certificate, key);
        identity =
                new ServerIdentity(certificate, key, Clock.systemUTC(), new SimpleMeterRegistry());
        platform =
                TestPlatform.start(
                        HttpSettings.of("127.0.0.1", 0, false)
                                .with(Optional.of(identity), new TrustedProxies(List.of())),
                        LiveSettings.defaults());
        ingest = platform.key(Role.INGEST);
        trusting = trusting();
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    @Test
    void answersHeartbeatsPastTheRouterToo() throws Exception {
        try (SSLSocket socket = connect()) {
            assertThat(answer(socket, heartbeat("wlv_tls", 1)))
                    .startsWith("HTTP/1.1 200 ")
                    .contains("Strict-Transport-Security: max-age=31536000")
                    .contains("{\"received\":true");
        }
        assertThat(platform.registry().scrape())
                .containsPattern("wolverine_http_lane_requests_total [1-9]");
    }

    @Test
    void theCookieIsForTlsAlone() throws Exception {
        String body =
                "{\"email\":\"%s\",\"password\":\"%s\"}"
                        .formatted(platform.owner().email(), platform.owner().password());
        try (SSLSocket socket = connect()) {
            assertThat(
                            answer(
                                    socket,
                                    "POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nSec-Fetch-Site: same-origin\r\nContent-Length: "
                                            + body.length()
                                            + "\r\n\r\n"
                                            + body))
                    .startsWith("HTTP/1.1 200 ")
                    .contains("__Host-wlv=")
                    .contains("; Secure; HttpOnly");
        }
    }

    @Test
    void doesNotAnswerInTheClear() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", platform.port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream()
                    .write(
                            "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readAllBytes();
            assertThat(new String(answer, StandardCharsets.ISO_8859_1))
                    .doesNotContain("HTTP/1.1 200");
        }
    }

    @Test
    void speaksNoOldProtocols() {
        for (String old : List.of("TLSv1", "TLSv1.1")) {
            assertThatThrownBy(
                            () -> {
                                try (SSLSocket socket =
                                        (SSLSocket)
                                                trusting.getSocketFactory()
                                                        .createSocket(
                                                                "127.0.0.1", platform.port())) {
                                    socket.setEnabledProtocols(new String[] {old});
                                    socket.startHandshake();
                                }
                            })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void noRequestFailsWhileTheCertificateIsSwappedAHundredTimes() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger overHttp = new AtomicInteger();
        AtomicInteger overGrpc = new AtomicInteger();
        List<Throwable> failures = new ArrayList<>();
        Thread http =
                Thread.startVirtualThread(() -> {
                    try {
                        while (!done.get()) {
                            try (SSLSocket socket = connect()) {
                                String said =
                                        answer(
                                                socket,
                                                heartbeat("wlv_swap", overHttp.incrementAndGet()));
                                assertThat(said).startsWith("HTTP/1.1 200 ");
                            }
                        }
                    } catch (Throwable e) {
                        failures.add(e);
                    }
                });
        Thread grpc =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                while (!done.get()) {
                                    send(overGrpc.incrementAndGet());
                                }
                            } catch (Throwable e) {
                                failures.add(e);
                            }
                        });
        for (int swap = 0; swap < SWAPS; swap++) {
            (swap % 2 == 0 ? second : first).write(certificate, key);
            identity.reload();
            int http0 = overHttp.get();
            int grpc0 = overGrpc.get();
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while ((overHttp.get() == http0 || overGrpc.get() == grpc0)
                    && failures.isEmpty()
                    && System.nanoTime() < until) {
                Thread.onSpinWait();
            }
        }
        done.set(true);
        http.join();
        grpc.join();

        assertThat(failures).extracting(TlsIT::root).isEmpty();
        assertThat(overHttp.get()).isGreaterThanOrEqualTo(SWAPS);
        assertThat(overGrpc.get()).isGreaterThanOrEqualTo(SWAPS);
    }

    private static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.toString();
    }

    private static void send(int n) throws Exception {
        ManagedChannel channel =
                Grpc.newChannelBuilderForAddress(
                                "127.0.0.1",
                                platform.grpcPort(),
                                TlsChannelCredentials.newBuilder()
                                        .trustManager(
                                                new ByteArrayInputStream(
                                                        (first.certificate() + second.certificate())
                                                                .getBytes(
                                                                        StandardCharsets.US_ASCII)))
                                        .build())
                        .build();
        try {
            Metadata headers = new Metadata();
            headers.put(
                    Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                    "Bearer " + ingest);
            var unused =
                    TelemetryServiceGrpc.newBlockingStub(channel)
                            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                            .withDeadlineAfter(10, TimeUnit.SECONDS)
                            .sendHeartbeat(
                                    SendHeartbeatRequest.newBuilder()
                                            .setHeartbeat(
                                                    dev.wolverine.proto.v1.Heartbeat.newBuilder()
                                                            .setInstanceId("wlv_swap_grpc")
                                                            .setTimestamp(START + n))
                                            .build());
        } finally {
            channel.shutdownNow();
        }
    }

    private static final long START = System.currentTimeMillis() - TimeUnit.HOURS.toMillis(1);

    private static String heartbeat(String instance, int n) {
        String body = Beats.beat(instance, START + n, 100).toString();
        return "POST /api/v1/heartbeat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                + "Authorization: Bearer "
                + ingest
                + "\r\nX-Instance-Id: "
                + instance
                + "\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body;
    }

    private static String answer(SSLSocket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        byte[] bytes = new byte[4096];
        int length = socket.getInputStream().read(bytes);
        return length < 0 ? "" : new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static SSLSocket connect() throws IOException {
        SSLSocket socket =
                (SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1", platform.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static SSLContext trusting() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (TestCertificate known : List.of(first, second)) {
            store.setCertificateEntry(
                    "c" + store.size(),
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(
                                    new ByteArrayInputStream(
                                            known.certificate()
                                                    .getBytes(StandardCharsets.US_ASCII))));
        }
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
