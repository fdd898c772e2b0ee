package dev.wolverine.bench.stream;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Where a platform takes heartbeats over gRPC. */
public record GrpcTarget(String address, String key) {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final int FLOW_CONTROL_WINDOW = 1 << 20;
    private static final long KEEP_ALIVE_SECONDS = 40;

    /** Opens connections that carry the key; each is one TCP connection of its own. */
    public List<ManagedChannel> open(int connections) {
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + key);
        ClientInterceptor credentials = MetadataUtils.newAttachHeadersInterceptor(headers);
        List<ManagedChannel> channels = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            channels.add(
                    NettyChannelBuilder.forTarget(address)
                            .usePlaintext()
                            .directExecutor()
                            .flowControlWindow(FLOW_CONTROL_WINDOW)
                            .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                            .intercept(credentials)
                            .build());
        }
        return channels;
    }

    public static void close(List<ManagedChannel> channels) throws InterruptedException {
        channels.forEach(ManagedChannel::shutdownNow);
        for (ManagedChannel channel : channels) {
            channel.awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    @Override
    public String toString() {
        return address;
    }
}
