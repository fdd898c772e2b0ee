package dev.wolverine.ingest.grpc;

import dev.wolverine.db.model.Principal;
import dev.wolverine.ingest.HeartbeatIntake;
import dev.wolverine.ingest.IngestConfig;
import dev.wolverine.ingest.KeyAuthenticator;
import dev.wolverine.ingest.KeyHolder;
import dev.wolverine.proto.v1.TelemetryServiceGrpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * The gRPC server: telemetry, health and reflection.
 *
 * <p>Calls run on the transport's threads (a direct executor: five to seven times cheaper than a
 * pool), because nothing in them blocks. The limits hold hostile clients in bounds;
 * `maxRstFramesPerWindow` cuts rapid resets (CVE-2023-44487).
 */
public final class GrpcServer implements KeyHolder, AutoCloseable {

    private static final int FLOW_CONTROL_WINDOW = 1 << 20;
    private static final int MAX_METADATA = 8 << 10;
    private static final int MAX_CALLS_PER_CONNECTION = 256;

    private final GrpcConfig config;
    private final Server server;
    private final HealthStatusManager health = new HealthStatusManager();
    private final ExecutorService acks;
    private final OpenStreams open;

    /**
     * @param identity to speak TLS with; empty: in the clear
     * @param mayCall whether calls from an address are served
     */
    public GrpcServer(
            GrpcConfig config,
            Optional<X509ExtendedKeyManager> identity,
            Predicate<String> mayCall,
            IngestConfig.Stream stream,
            HeartbeatIntake intake,
            KeyAuthenticator keys,
            Clock clock) {
        this.config = config;
        acks =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().daemon().name("grpc-acks").factory());
        open = new OpenStreams(keys::hasEnded);
        Set<String> withoutKey =
                Set.of(
                        TelemetryServiceGrpc.getRegisterMethod().getFullMethodName(),
                        HealthGrpc.SERVICE_NAME,
                        ServerReflectionGrpc.SERVICE_NAME);
        server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(config.host(), config.port()),
                                credentials(identity))
                        .directExecutor()
                        .flowControlWindow(FLOW_CONTROL_WINDOW)
                        .maxInboundMessageSize(stream.maxMessageBytes())
                        .maxInboundMetadataSize(MAX_METADATA)
                        .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                        .maxRstFramesPerWindow(100, 1)
                        .permitKeepAliveTime(30, TimeUnit.SECONDS)
                        .permitKeepAliveWithoutCalls(true)
                        .keepAliveTime(60, TimeUnit.SECONDS)
                        .keepAliveTimeout(20, TimeUnit.SECONDS)
                        .maxConnectionIdle(15, TimeUnit.MINUTES)
                        .maxConnectionAge(30, TimeUnit.MINUTES)
                        .maxConnectionAgeGrace(30, TimeUnit.SECONDS)
                        .intercept(new KeyInterceptor(keys, withoutKey))
                        .intercept(new PeerInterceptor(mayCall))
                        .addService(
                                new TelemetryEndpoint(intake, stream.window(), clock, acks, open)
                                        .service())
                        .addService(health.getHealthService())
                        .addService(ProtoReflectionServiceV1.newInstance())
                        .build();
    }

    private static ServerCredentials credentials(Optional<X509ExtendedKeyManager> identity) {
        return identity.map(keys ->
                        (ServerCredentials)
                                TlsServerCredentials.newBuilder().keyManager(keys).build())
                .orElseGet(InsecureServerCredentials::create);
    }

    /**
     * Binds the port.
     *
     * @throws UncheckedIOException if it cannot, naming the setting
     */
    public void start() {
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "grpc.port: "
                            + config.port()
                            + " on "
                            + config.host()
                            + " cannot be bound (expected: a free port; is another platform running?)",
                    e);
        }
        health.setStatus(TelemetryServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
    }

    /** The bound port. */
    public int port() {
        return server.getPort();
    }

    @Override
    public void keyEnded(String keyId) {
        open.end(Principal.subjectOfKey(keyId), KeyInterceptor.ENDED);
    }

    @Override
    public void keyRebound(String keyId) {
        open.end(
                Principal.subjectOfKey(keyId),
                Status.ABORTED.withDescription(
                        "the key was bound to another instance: connect again"));
    }

    /** Takes no new calls, lets those under way end for a while, then cuts them. */
    @Override
    public void close() {
        health.enterTerminalState();
        server.shutdown();
        try {
            if (!server.awaitTermination(2, TimeUnit.SECONDS)) {
                server.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        acks.shutdownNow();
    }
}
