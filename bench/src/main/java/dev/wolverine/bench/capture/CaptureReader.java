package dev.wolverine.bench.capture;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Reads recorded requests: files `*.ndjson`, one JSON object a line. The bodies are cut out of the
 * line, not written anew, so that they stay as the client sent them. Immutable.
 */
public final class CaptureReader {
    private final ObjectMapper json = new ObjectMapper();

    /** All requests of all files of a directory, by file name and line. */
    List<CapturedRequest> readDirectory(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> entries = Files.list(directory)) {
            files = entries.filter(file -> file.toString().endsWith(".ndjson")).sorted().toList();
        }
        List<CapturedRequest> requests = new ArrayList<>();
        for (Path file : files) {
            requests.addAll(read(file));
        }
        return requests;
    }

    private List<CapturedRequest> read(Path file) throws IOException {
        List<CapturedRequest> requests = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (!line.isBlank()) {
                requests.add(request(file.getFileName() + ":" + number, line));
            }
        }
        return requests;
    }

    private CapturedRequest request(String source, String line) throws IOException {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        JsonNode record = json.readTree(bytes);
        Map<String, String> headers = new LinkedHashMap<>();
        record.path("headers")
                .properties()
                .forEach(header -> headers.put(header.getKey(), header.getValue().asText()));
        return new CapturedRequest(
                source,
                record.path("method").asText(),
                record.path("path").asText(),
                headers,
                body(source, bytes));
    }

    private static byte[] body(String source, byte[] line) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(line)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean body = parser.currentName().equals("body");
                parser.nextToken();
                int start = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                if (body) {
                    int end = (int) parser.currentLocation().getByteOffset();
                    return Arrays.copyOfRange(line, start, end);
                }
            }
        }
        throw new IOException(source + ": no field \"body\"");
    }
}
