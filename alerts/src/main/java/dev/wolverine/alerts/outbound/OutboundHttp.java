package dev.wolverine.alerts.outbound;

import dev.wolverine.alerts.outbound.OutboundException.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to addresses that people have typed in, and to no other host, network or service
 * than the {@link OutboundRules} allow.
 *
 * <p>Every name is looked up once for each request, every address that it has is checked, and the
 * one that is connected to is checked again where the socket connects: so nothing that is looked up
 * twice, redirected or written in an unusual way leads elsewhere. No redirect is followed, no proxy
 * of the environment asked, no connection kept, no cookie sent.
 *
 * <p>Blocking; thread-safe.
 */
public final class OutboundHttp {

    static final int MAX_ANSWER_BYTES = 64 * 1024;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** A body of a page that nobody asked for is not waited for longer. */
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofDays(1);

    private static final Pattern LOOKS_LIKE_NUMBER =
            Pattern.compile("(^|\\.)([0-9]+|0x[0-9a-f]*)\\.?$");

    private static final Pattern USUAL_IPV4 =
            Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");

    /** Under its own name the client would ask again by itself where it says 0. */
    private static final String RETRY_AFTER = "X-Received-Retry-After";

    private static final MediaType JSON = MediaType.get("application/json");
    private static final String USER_AGENT = "Wolverine-Platform";

    private final OutboundRules rules;
    private final Resolver resolver;
    private final Clock clock;
    private final OkHttpClient base;

    /** Looks a host name up. */
    @FunctionalInterface
    public interface Resolver {
        /** All its addresses, at least one. */
        List<InetAddress> resolve(String host) throws UnknownHostException;

        /** As the machine does. */
        static Resolver ofMachine() {
            return host -> List.of(InetAddress.getAllByName(host));
        }
    }

    /** Whom to believe who they are, where that is not left to the Java runtime. */
    public record Trust(SSLSocketFactory sockets, X509TrustManager manager) {}

    /**
     * @param timeout of a whole request, from the lookup to the end of the answer
     */
    public OutboundHttp(
            OutboundRules rules,
            Resolver resolver,
            Duration timeout,
            Optional<Trust> trust,
            Clock clock) {
        this.rules = rules;
        this.resolver = resolver;
        this.clock = clock;
        OkHttpClient.Builder builder =
                new OkHttpClient.Builder()
                        .proxy(Proxy.NO_PROXY)
                        .followRedirects(false)
                        .followSslRedirects(false)
                        .retryOnConnectionFailure(false)
                        .protocols(List.of(Protocol.HTTP_1_1))
                        .addNetworkInterceptor(OutboundHttp::renameRetryAfter)
                        .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
                        .connectTimeout(CONNECT_TIMEOUT)
                        .readTimeout(timeout)
                        .writeTimeout(timeout)
                        .callTimeout(timeout);
        trust.ifPresent(given -> builder.sslSocketFactory(given.sockets(), given.manager()));
        this.base = builder.build();
    }

    /**
     * Whether a request to this address could be made at all, as far as can be said without looking
     * anything up.
     *
     * @return what would have been expected instead; empty if it could
     */
    public Optional<String> objection(String url) {
        HttpUrl parsed = HttpUrl.parse(url);
        if (parsed == null || url.length() > 2_000) {
            return Optional.of("an address as https://host/path of at most 2000 characters");
        }
        if (!parsed.username().isEmpty() || !parsed.password().isEmpty()) {
            return Optional.of("an address without user and password");
        }
        if (isNumberInDisguise(parsed.host())) {
            return Optional.of("a host name, or an IP address in its usual form");
        }
        if (rules.needsOpenNetwork(parsed.isHttps(), parsed.port()) && !rules.anyNetworkOpen()) {
            return Optional.of("https, and the port 443 or 8443");
        }
        return Optional.empty();
    }

    /** Scheme, host and port of an address: what of it is no secret. */
    public static String origin(String url) {
        HttpUrl parsed = HttpUrl.get(url);
        boolean usual = parsed.port() == HttpUrl.defaultPort(parsed.scheme());
        return parsed.scheme() + "://" + parsed.host() + (usual ? "" : ":" + parsed.port());
    }

    /** Sends JSON. */
    public OutboundAnswer post(String url, Map<String, String> headers, byte[] json)
            throws OutboundException {
        return send(url, headers, RequestBody.create(json, JSON));
    }

    /** Asks, and sends nothing. */
    public OutboundAnswer get(String url) throws OutboundException {
        return send(url, Map.of(), null);
    }

    private OutboundAnswer send(String url, Map<String, String> headers, @Nullable RequestBody body)
            throws OutboundException {
        HttpUrl parsed = HttpUrl.parse(url);
        if (parsed == null || objection(url).isPresent()) {
            throw new OutboundException(Reason.BAD_ADDRESS);
        }
        Request.Builder request =
                new Request.Builder()
                        .url(parsed)
                        .header("User-Agent", USER_AGENT)
                        // Else what comes compressed would be unpacked, whatever its size.
                        .header("Accept-Encoding", "identity")
                        .method(body == null ? "GET" : "POST", body);
        headers.forEach(request::header);
        boolean onlyOpen = rules.needsOpenNetwork(parsed.isHttps(), parsed.port());
        OkHttpClient client =
                base.newBuilder()
                        .dns(host -> resolve(host, onlyOpen))
                        .socketFactory(
                                new GuardedSockets(address -> rules.allows(address, onlyOpen)))
                        .build();
        try (Response response = client.newCall(request.build()).execute()) {
            return new OutboundAnswer(response.code(), retryAfter(response), read(response.body()));
        } catch (IOException e) {
            throw new OutboundException(reason(e));
        }
    }

    /** One address that may not be connected to condemns the name. */
    private List<InetAddress> resolve(String host, boolean onlyOpen) throws UnknownHostException {
        List<InetAddress> addresses = resolver.resolve(host);
        if (!addresses.stream().allMatch(address -> rules.allows(address, onlyOpen))) {
            throw new ForbiddenAddress();
        }
        return addresses;
    }

    private static Response renameRetryAfter(Interceptor.Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        String value = response.header("Retry-After");
        return value == null
                ? response
                : response.newBuilder()
                        .removeHeader("Retry-After")
                        .header(RETRY_AFTER, value)
                        .build();
    }

    /** An address as `127.1` or `0177.0.0.1`, which not everybody takes for the same one. */
    private static boolean isNumberInDisguise(String host) {
        return LOOKS_LIKE_NUMBER.matcher(host).find() && !USUAL_IPV4.matcher(host).matches();
    }

    private static byte[] read(ResponseBody body) throws IOException {
        BufferedSource source = body.source();
        source.request(MAX_ANSWER_BYTES);
        return source.getBuffer()
                .readByteArray(Math.min(source.getBuffer().size(), MAX_ANSWER_BYTES));
    }

    private Optional<Duration> retryAfter(Response response) {
        String value = response.header(RETRY_AFTER);
        if (value == null) {
            return Optional.empty();
        }
        try {
            Duration duration =
                    value.chars().allMatch(Character::isDigit)
                            ? Duration.ofSeconds(Long.parseLong(value.strip()))
                            : Duration.between(now(), date(value));
            if (duration.isNegative()) {
                return Optional.of(Duration.ZERO);
            }
            return Optional.of(
                    duration.compareTo(LONGEST_RETRY_AFTER) < 0 ? duration : LONGEST_RETRY_AFTER);
        } catch (DateTimeException | NumberFormatException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private Instant now() {
        return clock.instant();
    }

    private static Instant date(String value) {
        return ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    }

    private static Reason reason(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ForbiddenAddress) {
                return Reason.FORBIDDEN;
            }
            if (Arrays.stream(cause.getSuppressed())
                    .anyMatch(one -> one instanceof ForbiddenAddress)) {
                return Reason.FORBIDDEN;
            }
        }
        return switch (failure) {
            case InterruptedIOException _ -> Reason.TIMEOUT;
            case UnknownHostException _ -> Reason.UNKNOWN_HOST;
            case SSLException _ -> Reason.TLS;
            default -> Reason.CONNECTION;
        };
    }
}
