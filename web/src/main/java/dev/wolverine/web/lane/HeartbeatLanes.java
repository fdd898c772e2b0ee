package dev.wolverine.web.lane;

import dev.wolverine.db.model.Principal;
import dev.wolverine.ingest.IntakeResult;
import dev.wolverine.web.http.Authenticator;
import dev.wolverine.web.http.HttpMetrics;
import dev.wolverine.web.http.Lane;
import dev.wolverine.web.http.RequestDeadline;
import dev.wolverine.web.http.SecurityHeaders;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Opens a {@link HeartbeatLane} for each connection, and holds what all of them use. */
public final class HeartbeatLanes implements Lane {

    private static final String ROUTE = "/api/v1/heartbeat";
    static final String OPERATION = "POST " + ROUTE;

    private final Authenticator.KeyCheck keys;
    private final Intake intake;
    private final int maxBodyBytes;
    private final byte[] commonHeaders;
    private final HttpMetrics metrics;
    private final Clock clock;
    private final Counter taken;
    private final Counter left;

    /**
     * @param maxBodyBytes longer ones are the server's to refuse
     * @param strictTransport whether answers travel over TLS
     */
    public HeartbeatLanes(
            Authenticator.KeyCheck keys,
            Intake intake,
            int maxBodyBytes,
            boolean strictTransport,
            HttpMetrics metrics,
            MeterRegistry registry,
            Clock clock) {
        this.keys = keys;
        this.intake = intake;
        this.maxBodyBytes = maxBodyBytes;
        this.metrics = metrics;
        this.clock = clock;
        taken =
                Counter.builder("wolverine.http.lane.requests")
                        .description("Heartbeats that went past the router.")
                        .register(registry);
        left =
                Counter.builder("wolverine.http.lane.left")
                        .description("Connections whose requests go through the router.")
                        .register(registry);
        commonHeaders =
                (SecurityHeaders.text(strictTransport)
                                + "cache-control: no-store\r\n"
                                + "content-type: application/json\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public ChannelHandler open(RequestDeadline deadline) {
        return new HeartbeatLane(this, deadline);
    }

    int maxBodyBytes() {
        return maxBodyBytes;
    }

    Clock clock() {
        return clock;
    }

    CompletionStage<Optional<Principal>> authenticate(String bearer) {
        return keys.authenticate(bearer);
    }

    CompletionStage<IntakeResult> accept(
            Principal principal, @Nullable String instanceHeader, byte[] body, Instant receivedAt) {
        return intake.acceptJson(principal, instanceHeader, body, receivedAt);
    }

    void connectionLeft() {
        left.increment();
    }

    void answered(int status, long nanos) {
        taken.increment();
        metrics.record(HttpMethod.POST, ROUTE, status, nanos);
    }

    /**
     * An answer as it goes over the wire.
     *
     * @param last whether the connection is closed after it
     */
    ByteBuf encode(ByteBufAllocator allocator, HeartbeatAnswer answer, boolean last) {
        ByteBuf bytes = allocator.directBuffer(commonHeaders.length + answer.body().length + 160);
        write(bytes, "HTTP/1.1 ");
        write(bytes, HttpResponseStatus.valueOf(answer.status()).toString());
        write(bytes, "\r\n");
        bytes.writeBytes(commonHeaders);
        if (answer.retryAfter() != null) {
            write(bytes, "retry-after: ");
            write(bytes, answer.retryAfter());
            write(bytes, "\r\n");
        }
        if (last) {
            write(bytes, "connection: close\r\n");
        }
        write(bytes, "content-length: ");
        write(bytes, Integer.toString(answer.body().length));
        write(bytes, "\r\n\r\n");
        return bytes.writeBytes(answer.body());
    }

    private static void write(ByteBuf bytes, String text) {
        ByteBufUtil.writeAscii(bytes, text);
    }

    /** As {@code HeartbeatIntake.acceptJson}. */
    @FunctionalInterface
    public interface Intake {
        CompletionStage<IntakeResult> acceptJson(
                Principal principal,
                @Nullable String instanceHeader,
                byte[] body,
                Instant receivedAt);
    }
}
