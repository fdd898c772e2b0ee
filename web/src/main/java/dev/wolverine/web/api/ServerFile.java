package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.wolverine.query.ServerView;
import dev.wolverine.web.json.Json;
import dev.wolverine.web.json.ServerField;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The fleet as a file: one JSON object, or a table with a column for each number and text. */
enum ServerFile {
    JSON("application/json") {
        @Override
        Buffer head(int fields) {
            return Buffer.buffer("{\"servers\":[");
        }

        @Override
        Buffer rows(List<ServerView> servers, int fields, boolean first) {
            byte[] array =
                    Json.bytes(json -> {
                        json.writeStartArray();
                        for (ServerView server : servers) {
                            ServerField.write(json, server, fields);
                        }
                        json.writeEndArray();
                    });
            // Without its brackets, it goes on with what was written before.
            if (!first) {
                array[0] = ',';
            }
            return Buffer.buffer(array.length)
                    .appendBytes(array, first ? 1 : 0, array.length - (first ? 2 : 1));
        }

        @Override
        Buffer tail() {
            return Buffer.buffer("]}");
        }
    },

    CSV("text/csv; charset=utf-8") {
        @Override
        Buffer head(int fields) {
            List<String> columns = new ArrayList<>();
            for (ServerField field : ServerField.values()) {
                if ((fields & (1 << field.ordinal())) != 0) {
                    List<String> parts = PARTS.getOrDefault(field, List.of());
                    if (parts.isEmpty()) {
                        columns.add(field.label());
                    }
                    parts.forEach(part -> columns.add(field.label() + "." + part));
                }
            }
            return Buffer.buffer(String.join(",", columns) + "\r\n");
        }

        @Override
        Buffer rows(List<ServerView> servers, int fields, boolean first) {
            StringBuilder rows = new StringBuilder();
            for (ServerView server : servers) {
                rows.append(String.join(",", cells(server, fields))).append("\r\n");
            }
            return Buffer.buffer(rows.toString());
        }

        @Override
        Buffer tail() {
            return Buffer.buffer();
        }
    };

    /** The columns of fields that are objects, in the order in which they are written. */
    private static final Map<ServerField, List<String>> PARTS =
            Map.of(
                    ServerField.ROUTES,
                    List.of("total", "healthy", "unhealthy", "slowestPath", "slowestAvgMs"),
                    ServerField.REPAIRS,
                    List.of("total", "successes", "failures", "costMicros"),
                    ServerField.USAGE,
                    List.of("totalTokens", "totalCalls", "costMicros", "cacheSavingsMicros"));

    private final String contentType;

    ServerFile(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    String extension() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What stands before the first server. */
    abstract Buffer head(int fields);

    /**
     * @param servers at least one
     */
    abstract Buffer rows(List<ServerView> servers, int fields, boolean first);

    /** What stands behind the last. */
    abstract Buffer tail();

    /** The values as they are in JSON, one after another: the table cannot differ from it. */
    private static List<String> cells(ServerView server, int fields) {
        List<String> cells = new ArrayList<>();
        try (TokenBuffer tokens = new TokenBuffer(null, false)) {
            ServerField.write(tokens, server, fields);
            try (JsonParser values = tokens.asParser()) {
                while (values.nextToken() != null) {
                    if (values.currentToken() == JsonToken.START_ARRAY) {
                        cells.add(AuditFile.cell(joined(values)));
                    } else if (values.currentToken() == JsonToken.VALUE_NULL) {
                        cells.add("");
                    } else if (values.currentToken() == JsonToken.VALUE_STRING) {
                        cells.add(AuditFile.cell(values.getText()));
                    } else if (values.currentToken().isScalarValue()) {
                        cells.add(values.getText());
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return cells;
    }

    private static String joined(JsonParser array) throws IOException {
        List<String> texts = new ArrayList<>();
        while (array.nextToken() != JsonToken.END_ARRAY) {
            texts.add(array.getText());
        }
        return String.join(" ", texts);
    }
}
