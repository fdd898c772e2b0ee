package dev.wolverine.bench.capture;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Sends recorded requests over HTTP/1.1, one after the other, as they were sent: method, path,
 * headers, and the body byte for byte. Only the key is another, and what belongs to the connection.
 */
public final class HttpReplay {
    private static final Set<String> OF_THE_CONNECTION =
            Set.of("host", "connection", "content-length", "transfer-encoding");
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final URI base;
    private final String key;

    /**
     * @param base address of the platform, without a path
     * @param key sent where the recorded request carries one
     */
    public HttpReplay(URI base, String key) {
        this.base = base;
        this.key = key;
    }

    public ReplayReport run(List<Path> directories) throws IOException, InterruptedException {
        Map<String, Integer> answers = new TreeMap<>();
        List<String> failures = new ArrayList<>();
        int heartbeats = 0;
        try (HttpClient client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(TIMEOUT)
                        .build()) {
            for (Path directory : directories) {
                for (CapturedRequest request : new CaptureReader().readDirectory(directory)) {
                    HttpResponse<String> response =
                            client.send(asSent(request), HttpResponse.BodyHandlers.ofString());
                    answers.merge(request.path() + " " + response.statusCode(), 1, Integer::sum);
                    if (request.isHeartbeat()) {
                        heartbeats++;
                        if (response.statusCode() != 200) {
                            failures.add(
                                    "%s: %d %s"
                                            .formatted(
                                                    request.source(),
                                                    response.statusCode(),
                                                    response.body()));
                        }
                    }
                }
            }
        }
        return new ReplayReport(heartbeats, answers, failures);
    }

    private HttpRequest asSent(CapturedRequest request) {
        String address = base.toString().replaceAll("/+$", "");
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(address + request.path()))
                        .timeout(TIMEOUT)
                        .method(
                                request.method(),
                                HttpRequest.BodyPublishers.ofByteArray(request.body()));
        request.headers()
                .forEach((name, value) -> {
                    if (!OF_THE_CONNECTION.contains(name)) {
                        builder.header(
                                name, name.equals("authorization") ? "Bearer " + key : value);
                    }
                });
        return builder.build();
    }
}
