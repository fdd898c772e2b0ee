package dev.wolverine.web.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Endpoint;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Shows the description of all operations as a page on which they can be tried: openapi.yaml, the
 * same as JSON, and the few files that show it.
 */
public final class DocsHandler {

    private static final String DESCRIPTION = "/openapi.yaml";

    private static final Map<String, String> TYPES =
            Map.of(
                    "page.html", "text/html; charset=utf-8",
                    "page.js", "text/javascript; charset=utf-8",
                    "page.css", "text/css; charset=utf-8");

    private final BlockingCalls blocking;
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();

    public DocsHandler(BlockingCalls blocking) {
        this.blocking = blocking;
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(
                        HttpMethod.GET,
                        "/api/v1/openapi.json",
                        Access.PUBLIC,
                        context -> answer(context, "openapi.json", "application/json")),
                page("/api/docs", "page.html"),
                page("/api/docs/page.js", "page.js"),
                page("/api/docs/page.css", "page.css"));
    }

    private Endpoint page(String path, String file) {
        return new Endpoint(
                HttpMethod.GET,
                path,
                Access.PUBLIC,
                context -> answer(context, file, TYPES.getOrDefault(file, "")));
    }

    private void answer(RoutingContext context, String file, String type) {
        byte[] known = files.get(file);
        if (known != null) {
            Answers.tagged(context, type, known);
            return;
        }
        Answers.whenDone(
                context,
                blocking.call(() -> load(file)),
                content -> Answers.tagged(context, type, content));
    }

    private byte[] load(String file) throws IOException {
        byte[] content = file.equals("openapi.json") ? json() : read("/docs/" + file);
        files.put(file, content);
        return content;
    }

    private static byte[] json() throws IOException {
        Object description =
                new ObjectMapper(new YAMLFactory()).readValue(read(DESCRIPTION), Object.class);
        return new ObjectMapper().writeValueAsBytes(description);
    }

    private static byte[] read(String resource) throws IOException {
        try (InputStream content = DocsHandler.class.getResourceAsStream(resource)) {
            if (content == null) {
                throw new IllegalStateException(resource + ": not on the class path");
            }
            return content.readAllBytes();
        }
    }
}
