package dev.wolverine.alerts.outbound;

import static dev.wolverine.alerts.outbound.ReceivingServer.answer;
import static dev.wolverine.alerts.outbound.ReceivingServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wolverine.alerts.outbound.OutboundException.Reason;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundHttpTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2026-11-21T10:00:00Z"), ZoneOffset.UTC);

    private final ReceivingServer server = new ReceivingServer();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void sendsAndReads() throws OutboundException {
        server.always(answer(201, "hello"));

        OutboundAnswer answer =
                http("127.0.0.0/8")
                        .post(server.url("/in?a=b"), Map.of("X-Mine", "1"), "{}".getBytes());

        assertThat(answer.status()).isEqualTo(201);
        assertThat(new String(answer.body())).isEqualTo("hello");
        ReceivingServer.Received received = server.received().getFirst();
        assertThat(received.line()).isEqualTo("POST /in?a=b HTTP/1.1");
        assertThat(received.header("x-mine")).isEqualTo("1");
        assertThat(received.header("content-type")).isEqualTo("application/json");
        assertThat(received.header("host")).isEqualTo("127.0.0.1:" + server.port());
        assertThat(received.text()).isEqualTo("{}");
    }

    @Test
    void givesUpOnWhoKeepsItWaiting() {
        for (ReceivingServer.Behaviour behaviour :
                List.of(
                        ReceivingServer.hanging(),
                        ReceivingServer.hangingAfterHeaders(),
                        ReceivingServer.dripping())) {
            server.always(behaviour);
            long begun = System.nanoTime();
            assertThat(refusal(http("127.0.0.0/8"), server.url("/"))).isEqualTo(Reason.TIMEOUT);
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isLessThan(TIMEOUT.plusSeconds(1));
        }
    }

    @Test
    void readsNoMoreThanItsShare() throws OutboundException {
        server.always(ReceivingServer.endless());

        assertThat(http("127.0.0.0/8").get(server.url("/")).body())
                .hasSize(OutboundHttp.MAX_ANSWER_BYTES);
    }

    @Test
    void saysWhatWentWrongWithoutTheAddress() {
        server.always(ReceivingServer.resetting());
        assertThat(refusal(http("127.0.0.0/8"), server.url("/"))).isEqualTo(Reason.CONNECTION);
        server.always(ReceivingServer.garbage());
        assertThat(refusal(http("127.0.0.0/8"), server.url("/"))).isEqualTo(Reason.CONNECTION);
        assertThat(refusal(http("127.0.0.0/8"), "https://nobody.invalid/"))
                .isEqualTo(Reason.UNKNOWN_HOST);
        for (Reason reason : Reason.values()) {
            assertThat(new OutboundException(reason).toString()).doesNotContain("127.0.0.1", "://");
        }
    }

    @Test
    void asksOnceAndFollowsNobody() throws OutboundException {
        try (ReceivingServer canary = new ReceivingServer()) {
            for (int status : List.of(301, 302, 303, 307, 308)) {
                server.always(status(status, "Location: " + canary.url("/")));
                assertThat(http("127.0.0.0/8").get(server.url("/")).status()).isEqualTo(status);
            }
            assertThat(canary.received()).isEmpty();
        }
        server.always(status(503, "Retry-After: 0"));
        int before = server.received().size();
        http("127.0.0.0/8").get(server.url("/"));
        assertThat(server.received()).hasSize(before + 1);
    }

    @Test
    void understandsWhenToComeBack() throws OutboundException {
        assertThat(retryAfter("7")).contains(Duration.ofSeconds(7));
        assertThat(retryAfter("Sat, 21 Nov 2026 10:01:30 GMT")).contains(Duration.ofSeconds(90));
        assertThat(retryAfter("Sat, 21 Nov 2026 09:00:00 GMT")).contains(Duration.ZERO);
        assertThat(retryAfter("99999999999999999999")).isEmpty();
        assertThat(retryAfter("999999999")).contains(Duration.ofDays(1));
        assertThat(retryAfter("soon")).isEmpty();
        assertThat(retryAfter("")).isEmpty();
    }

    /** However it is written, and whatever names lead there. */
    @Test
    void neverReachesThisMachineOrAPrivateNetwork() {
        try (ReceivingServer canary = new ReceivingServer()) {
            List<String> hosts = new ArrayList<>(hosts());
            int tried = 0;
            for (String host : hosts) {
                for (String scheme : List.of("http", "https")) {
                    String url = scheme + "://" + host + ":" + canary.port() + "/";
                    // Once as an installation has it, once where one harmless network is open.
                    for (OutboundHttp http : List.of(http(), http("192.0.2.77"))) {
                        assertThat(refusal(http, url))
                                .as(url)
                                .isIn(Reason.BAD_ADDRESS, Reason.FORBIDDEN, Reason.UNKNOWN_HOST);
                        tried++;
                    }
                }
                assertThat(refusal(http(), "https://" + host + "/"))
                        .as(host)
                        .isIn(Reason.BAD_ADDRESS, Reason.FORBIDDEN, Reason.UNKNOWN_HOST);
            }
            assertThat(hosts).hasSizeGreaterThanOrEqualTo(60);
            System.out.printf(
                    "outbound: %d forms of addresses, %d requests, 0 arrived%n",
                    hosts.size(), tried);
            assertThat(canary.received()).isEmpty();
        }
    }

    @Test
    void aNameWithOneForbiddenAddressIsForbidden() {
        OutboundHttp http =
                new OutboundHttp(
                        new OutboundRules(List.of()),
                        _ -> List.of(address("93.184.215.14"), address("10.0.0.1")),
                        TIMEOUT,
                        Optional.empty(),
                        CLOCK);
        assertThat(refusal(http, "https://two-faced.example/")).isEqualTo(Reason.FORBIDDEN);
    }

    @Test
    void aNameThatChangesItsMindIsAskedOnceARequest() throws OutboundException {
        List<String> asked = new ArrayList<>();
        OutboundHttp http =
                new OutboundHttp(
                        new OutboundRules(List.of(Network.parse("127.0.0.1"))),
                        host -> {
                            asked.add(host);
                            return List.of(address(asked.size() == 1 ? "127.0.0.1" : "10.0.0.1"));
                        },
                        TIMEOUT,
                        Optional.empty(),
                        CLOCK);
        String url = "http://rebinding.example:" + server.port() + "/";
        assertThat(http.get(url).status()).isEqualTo(200);
        assertThat(asked).hasSize(1);
        assertThat(server.received().getFirst().header("host"))
                .isEqualTo("rebinding.example:" + server.port());
        assertThat(refusal(http, url)).isEqualTo(Reason.FORBIDDEN);
    }

    @Test
    void publicAddressesAreReachedByHttpsAtTheUsualPortsAlone() {
        OutboundHttp http = http();
        assertThat(http.objection("https://example.com/x")).isEmpty();
        assertThat(http.objection("https://example.com:8443/x")).isEmpty();
        for (String refused :
                List.of(
                        "http://example.com/",
                        "https://example.com:22/",
                        "https://user:password@example.com/",
                        "ftp://example.com/",
                        "file:///etc/passwd",
                        "gopher://example.com/",
                        "https://",
                        "example.com",
                        "",
                        "https://exa mple.com/")) {
            assertThat(http.objection(refused)).as(refused).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "2a00:1450:4001::1"})
    void publicAddressesAreKnown(String address) {
        assertThat(OutboundRules.isPublic(address(address))).isTrue();
    }

    @Test
    void believesACertificateOfTheHostAlone(@TempDir Path directory) throws OutboundException {
        Certificates right = new Certificates(directory, "localhost");
        Certificates wrong = new Certificates(directory, "elsewhere.example");
        try (ReceivingServer known = new ReceivingServer(right.server(), true);
                ReceivingServer other = new ReceivingServer(wrong.server(), true)) {
            assertThat(trusting(right).get(known.url("/")).status()).isEqualTo(200);
            assertThat(refusal(http("127.0.0.0/8", "::1"), known.url("/"))).isEqualTo(Reason.TLS);
            assertThat(refusal(trusting(wrong), other.url("/"))).isEqualTo(Reason.TLS);
            assertThat(other.received()).isEmpty();
        }
    }

    private static OutboundHttp trusting(Certificates certificates) {
        return new OutboundHttp(
                new OutboundRules(List.of(Network.parse("127.0.0.0/8"), Network.parse("::1"))),
                OutboundHttp.Resolver.ofMachine(),
                TIMEOUT,
                Optional.of(certificates.trust()),
                CLOCK);
    }

    private Optional<Duration> retryAfter(String value) throws OutboundException {
        server.always(status(429, "Retry-After: " + value));
        return http("127.0.0.0/8").get(server.url("/")).retryAfter();
    }

    private static OutboundHttp http(String... open) {
        return new OutboundHttp(
                new OutboundRules(List.of(open).stream().map(Network::parse).toList()),
                OutboundHttpTest::resolve,
                TIMEOUT,
                Optional.empty(),
                CLOCK);
    }

    /** Names of ours that an attacker has, and those of the machine. */
    private static List<InetAddress> resolve(String host) throws UnknownHostException {
        return switch (host) {
            case "metadata.attacker.example" -> List.of(address("169.254.169.254"));
            case "local.attacker.example" -> List.of(address("127.0.0.1"));
            case "six.attacker.example" -> List.of(address("::1"));
            case "mixed.attacker.example" -> List.of(address("8.8.8.8"), address("127.0.0.1"));
            case "mapped.attacker.example" -> List.of(address("::ffff:127.0.0.1"));
            case "nat.attacker.example" -> List.of(address("64:ff9b::7f00:1"));
            default -> OutboundHttp.Resolver.ofMachine().resolve(host);
        };
    }

    private static List<String> hosts() {
        return List.of(
                "127.0.0.1",
                "127.1",
                "127.0.1",
                "127.255.255.254",
                "2130706433",
                "0x7f000001",
                "0x7f.0x0.0x0.0x1",
                "0177.0.0.1",
                "017700000001",
                "0x7f.1",
                "127.0.0.1.",
                "localhost",
                "localhost.",
                "LOCALHOST",
                "0",
                "0.0.0.0",
                "000.000.000.000",
                "10.0.0.1",
                "10.255.255.255",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "0xa9fea9fe",
                "2852039166",
                "169.254.0.1",
                "100.64.0.1",
                "100.100.100.200",
                "192.0.0.192",
                "192.0.2.1",
                "198.18.0.1",
                "198.51.100.1",
                "203.0.113.1",
                "192.88.99.1",
                "224.0.0.1",
                "239.255.255.250",
                "240.0.0.1",
                "255.255.255.255",
                "[::1]",
                "[::]",
                "[0:0:0:0:0:0:0:1]",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
                "[::ffff:169.254.169.254]",
                "[::ffff:10.0.0.1]",
                "[::127.0.0.1]",
                "[64:ff9b::127.0.0.1]",
                "[64:ff9b::a9fe:a9fe]",
                "[64:ff9b:1::1]",
                "[2002:7f00:1::]",
                "[2002:a9fe:a9fe::]",
                "[2001::1]",
                "[2001:db8::1]",
                "[fe80::1]",
                "[fec0::1]",
                "[fc00::1]",
                "[fd00:ec2::254]",
                "[ff02::1]",
                "[100::1]",
                "[3fff::1]",
                "user@127.0.0.1",
                "example.com@127.0.0.1",
                "127.0.0.1%00.example.com",
                "①②⑦.⓪.⓪.①",
                "metadata.attacker.example",
                "local.attacker.example",
                "six.attacker.example",
                "mixed.attacker.example",
                "mapped.attacker.example",
                "nat.attacker.example");
    }

    private static Reason refusal(OutboundHttp http, String url) {
        OutboundException refusal =
                catchThrowableOfType(OutboundException.class, () -> http.get(url));
        assertThat(refusal).as(url).isNotNull();
        return refusal.reason();
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
