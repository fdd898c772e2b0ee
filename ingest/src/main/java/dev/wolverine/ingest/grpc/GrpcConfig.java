package dev.wolverine.ingest.grpc;

/**
 * Where the gRPC server listens.
 *
 * @param host name or address
 * @param port 0 for any free one
 */
public record GrpcConfig(String host, int port) {
    public GrpcConfig {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("grpc.port: " + port + " (expected: 0 to 65535)");
        }
    }

    public static GrpcConfig defaults() {
        return new GrpcConfig("127.0.0.1", 9090);
    }
}
