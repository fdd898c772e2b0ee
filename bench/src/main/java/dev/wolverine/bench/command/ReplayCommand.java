package dev.wolverine.bench.command;

import dev.wolverine.bench.capture.GrpcReplay;
import dev.wolverine.bench.capture.HttpReplay;
import dev.wolverine.bench.capture.ReplayReport;
import dev.wolverine.bench.stream.GrpcTarget;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** `replay`: recorded requests of real clients, sent again. */
@Command(
        name = "replay",
        description = "Sends recorded requests to a platform, as they were sent.",
        mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
    private final Console console;

    @ArgGroup(multiplicity = "1")
    private Target target = new Target();

    @Option(
            names = "--key-file",
            required = true,
            paramLabel = "FILE",
            description = "Its only line is the key to send instead of the recorded ones.")
    private Path keyFile = Path.of("");

    @Parameters(
            arity = "1..*",
            paramLabel = "DIR",
            description = "Directories of *.ndjson, one request a line.")
    private List<Path> directories = List.of();

    ReplayCommand(Console console) {
        this.console = console;
    }

    /** Over which protocol. */
    private static final class Target {
        @Option(names = "--http", paramLabel = "URL", description = "Byte for byte over HTTP.")
        private @Nullable URI http;

        @Option(
                names = "--grpc",
                paramLabel = "HOST:PORT",
                description = "The heartbeats, mapped to messages, over gRPC.")
        private @Nullable String grpc;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ReplayReport report = send(new KeyFile(keyFile).read());
        console.print("%,d heartbeats".formatted(report.heartbeats()));
        new TreeMap<>(report.answers())
                .forEach((answer, count) -> console.print("%6d  %s".formatted(count, answer)));
        report.failures().forEach(console::error);
        return report.failures().isEmpty() && report.heartbeats() > 0 ? 0 : 1;
    }

    private ReplayReport send(String key) throws IOException, InterruptedException {
        if (target.http != null) {
            return new HttpReplay(target.http, key).run(directories);
        }
        if (target.grpc == null) {
            throw new IllegalArgumentException("target: none (expected: --http or --grpc)");
        }
        List<ManagedChannel> channels = new GrpcTarget(target.grpc, key).open(1);
        try {
            return new GrpcReplay(channels.getFirst()).run(directories);
        } finally {
            GrpcTarget.close(channels);
        }
    }
}
