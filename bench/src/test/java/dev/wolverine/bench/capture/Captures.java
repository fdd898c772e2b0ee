package dev.wolverine.bench.capture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The recorded requests of real clients, kept beside the decoder that must understand them. */
final class Captures {
    static final Path DIRECTORY = Path.of("../ingest/src/test/resources/heartbeats");

    private Captures() {}

    static List<CapturedRequest> all() throws IOException {
        return new CaptureReader().readDirectory(DIRECTORY);
    }

    static List<CapturedRequest> heartbeats() throws IOException {
        return all().stream().filter(CapturedRequest::isHeartbeat).toList();
    }
}
