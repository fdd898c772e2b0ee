package dev.wolverine.web.app;

import dev.wolverine.ingest.grpc.GrpcConfig;
import dev.wolverine.web.config.PlatformConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** The shipped configuration on free ports. */
public final class AnyPorts {

    private AnyPorts() {}

    public static PlatformConfig config() {
        PlatformConfig shipped = PlatformConfig.defaults();
        return new PlatformConfig(
                shipped.data(),
                new PlatformConfig.Http("127.0.0.1", 0, Set.of()),
                new GrpcConfig("127.0.0.1", 0),
                shipped.tls(),
                shipped.database(),
                shipped.redis(),
                shipped.log(),
                shipped.storage(),
                shipped.retention(),
                shipped.usage(),
                shipped.ingest(),
                shipped.notifications(),
                new PlatformConfig.Secrets(Optional.of(Path.of("target", "secrets.key"))),
                shipped.fleet());
    }
}
