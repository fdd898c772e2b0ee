package dev.wolverine.web.cli;

import dev.wolverine.db.DatabaseUrl;
import dev.wolverine.db.embedded.DataDirectory;
import dev.wolverine.web.app.OpenParts;
import dev.wolverine.web.app.Platform;
import dev.wolverine.web.app.StorageServers;
import dev.wolverine.web.config.ConfigSources;
import dev.wolverine.web.config.Configuration;
import dev.wolverine.web.config.PlatformConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Runs the platform until it is told to stop. */
@Command(
        name = "serve",
        description = {
            "Runs the platform until it is told to stop (SIGTERM, or Ctrl-C).",
            "Takes every key of the configuration as a flag: --http.port=8080, --data-dir DIR."
        })
final class ServeCommand implements Callable<Integer> {

    @Unmatched private List<String> flags = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        StartupSteps steps = StartupSteps.begin(Instant.now());
        Configuration<PlatformConfig> configuration =
                steps.time(
                        "configuration",
                        () ->
                                Configuration.read(
                                        PlatformConfig.defaults(),
                                        new ConfigSources(
                                                flags,
                                                System.getenv(),
                                                PlatformConfig.usualFile())));
        configuration.warnings().forEach(warning -> System.err.println("platform: " + warning));
        PlatformConfig config = configuration.values();

        OpenParts parts = new OpenParts();
        CountDownLatch stopped = new CountDownLatch(1);
        Thread stop =
                new Thread(
                        () -> {
                            parts.close();
                            stopped.countDown();
                        },
                        "stop");
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            start(config, parts, steps);
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
        stopped.await();
        return 0;
    }

    private static void start(PlatformConfig config, OpenParts parts, StartupSteps steps) {
        requireNoOther(config.data().dir());
        ListeningPorts.requireFree("http", config.http().host(), config.http().port());
        ListeningPorts.requireFree("grpc", config.grpc().host(), config.grpc().port());
        DataDirectory directory = parts.add(DataDirectory.take(config.data().dir()));
        Logger log = logInto(directory, config.log().level());

        Publication publication = new Publication(directory, config);
        StorageServers storage =
                steps.time(
                        "storage",
                        () ->
                                parts.add(
                                        StorageServers.start(
                                                config, directory, publication::repeat)));
        Platform platform =
                steps.time(
                        "platform",
                        () ->
                                parts.add(
                                        Platform.start(
                                                config, storage.database(), storage.redis())));
        publication.publish(storage, platform);
        Instant now = Instant.now();
        log.info("ready after {}", steps.summary(now));
        Welcome.print(
                System.out,
                directory.path(),
                publication.state(storage, platform),
                platform.firstLogin(),
                steps.elapsed(now));
    }

    /** The likely mistake is said before its consequences, such as ports in use. */
    private static void requireNoOther(Path directory) {
        try {
            if (DataDirectory.owner(directory).isPresent()) {
                DataDirectory.take(directory).close();
            }
        } catch (IOException e) {
            // Said when the directory is taken.
        }
    }

    /** From here on loggers may be made: what they say goes into the data directory. */
    private static Logger logInto(DataDirectory directory, PlatformConfig.Level level) {
        System.setProperty("wolverine.log.file", directory.log("platform").toString());
        System.setProperty("wolverine.log.level", level.name().toLowerCase(Locale.ROOT));
        System.setProperty("logback.configurationFile", "logback-serve.xml");
        return LoggerFactory.getLogger(ServeCommand.class);
    }

    /** Tells other processes where the platform is, now and when a server comes back. */
    private static final class Publication {

        private record Parts(StorageServers storage, Platform platform) {}

        private final DataDirectory directory;
        private final PlatformConfig config;
        private final AtomicReference<@Nullable Parts> ready = new AtomicReference<>();

        Publication(DataDirectory directory, PlatformConfig config) {
            this.directory = directory;
            this.config = config;
        }

        void publish(StorageServers storage, Platform platform) {
            ready.set(new Parts(storage, platform));
            repeat();
        }

        void repeat() {
            Parts parts = ready.get();
            if (parts == null) {
                return;
            }
            try {
                directory.publishState(state(parts.storage(), parts.platform()).json() + "\n");
            } catch (IOException e) {
                throw new UncheckedIOException("cannot say where the platform is", e);
            }
        }

        PlatformState state(StorageServers storage, Platform platform) {
            return new PlatformState(
                    (config.tls().certificate().isPresent() ? "https://" : "http://")
                            + reachable(config.http().host())
                            + ":"
                            + platform.httpPort(),
                    reachable(config.grpc().host()) + ":" + platform.grpcPort(),
                    DatabaseUrl.withCredentials(storage.database()),
                    storage.redis().toString(),
                    new PlatformState.Pids(
                            ProcessHandle.current().pid(),
                            boxed(storage.postgresPid()),
                            boxed(storage.redisPid())));
        }

        private static String reachable(String host) {
            return switch (host) {
                case "0.0.0.0", "::" -> "127.0.0.1";
                default -> host.contains(":") ? "[" + host + "]" : host;
            };
        }

        private static @Nullable Long boxed(OptionalLong pid) {
            return pid.isPresent() ? pid.getAsLong() : null;
        }
    }
}
