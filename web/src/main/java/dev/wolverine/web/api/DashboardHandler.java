package dev.wolverine.web.api;

import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Serves the dashboard from the class path. A path without a dot is one of the dashboard's own
 * pages and gets index.html; files under {@code assets/} carry a hash in their name and never
 * change.
 *
 * <p>Files that exist are kept in memory: as many as the build made. Why not Vert.x's
 * StaticHandler: it unpacks the jar into a temporary directory, and knows no fallback.
 */
public final class DashboardHandler {

    /** Everything that is not one of the interfaces. */
    private static final String PATHS = "^/(?!(?:api|ws)(?:/|$)).*$";

    private static final Pattern SAFE_PATH = Pattern.compile("(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)+");

    private static final String INDEX = "/index.html";

    private static final String NOT_BUILT =
            """
            <!doctype html>
            <html lang="en">
            <title>Wolverine Platform</title>
            <h1>Wolverine Platform</h1>
            <p>The platform runs, but its dashboard was not built into this jar.</p>
            <p>Build without <code>-Dui.skip</code>. The API is at <a href="/api/v1/openapi.yaml">/api/v1</a>.</p>
            </html>
            """;

    private static final Map<String, String> TYPES =
            Map.ofEntries(
                    Map.entry("html", "text/html; charset=utf-8"),
                    Map.entry("js", "text/javascript; charset=utf-8"),
                    Map.entry("css", "text/css; charset=utf-8"),
                    Map.entry("json", "application/json"),
                    Map.entry("webmanifest", "application/manifest+json"),
                    Map.entry("svg", "image/svg+xml"),
                    Map.entry("png", "image/png"),
                    Map.entry("ico", "image/x-icon"),
                    Map.entry("woff2", "font/woff2"),
                    Map.entry("txt", "text/plain; charset=utf-8"));

    private final String root;
    private final BlockingCalls blocking;
    private final Map<String, StaticFile> files = new ConcurrentHashMap<>();

    /**
     * @param root class path folder without slashes at its ends, as `dashboard`
     */
    public DashboardHandler(String root, BlockingCalls blocking) {
        this.root = root;
        this.blocking = blocking;
    }

    public Endpoint endpoint() {
        return new Endpoint(HttpMethod.GET, PATHS, Access.PUBLIC, this::serve);
    }

    private void serve(RoutingContext context) {
        String path = context.normalizedPath();
        // Instance ids may hold dots.
        String wanted = path.indexOf('.') < 0 || path.startsWith("/servers/") ? INDEX : path;
        StaticFile known = files.get(wanted);
        if (known != null) {
            answer(context, known);
            return;
        }
        Answers.whenDone(
                context, blocking.call(() -> load(wanted)), file -> answer(context, wanted, file));
    }

    private void answer(RoutingContext context, String wanted, Optional<StaticFile> file) {
        if (file.isPresent()) {
            answer(context, file.get());
        } else if (wanted.equals(INDEX)) {
            context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
            Answers.bytes(
                    context,
                    "text/html; charset=utf-8",
                    NOT_BUILT.getBytes(StandardCharsets.UTF_8));
        } else if (wanted.equals("/favicon.ico")) {
            // Browsers ask for it unasked: no icon is not an error.
            Answers.nothing(context);
        } else {
            context.fail(Problem.notFound("no such file"));
        }
    }

    private static void answer(RoutingContext context, StaticFile file) {
        context.response()
                .putHeader(HttpHeaders.CACHE_CONTROL, file.cacheControl)
                .putHeader(HttpHeaders.ETAG, file.etag);
        if (file.etag.equals(context.request().getHeader(HttpHeaders.IF_NONE_MATCH))) {
            var unused = context.response().setStatusCode(304).end();
            return;
        }
        Answers.bytes(context, file.contentType, file.content);
    }

    private Optional<StaticFile> load(String path) throws IOException {
        if (!SAFE_PATH.matcher(path).matches()) {
            return Optional.empty();
        }
        try (InputStream content = DashboardHandler.class.getResourceAsStream("/" + root + path)) {
            if (content == null) {
                return Optional.empty();
            }
            StaticFile file = StaticFile.of(path, content.readAllBytes());
            files.put(path, file);
            return Optional.of(file);
        }
    }

    private record StaticFile(
            byte[] content, String contentType, String cacheControl, String etag) {

        static StaticFile of(String path, byte[] content) {
            String extension = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
            return new StaticFile(
                    content,
                    TYPES.getOrDefault(extension, "application/octet-stream"),
                    path.startsWith("/assets/")
                            ? "public, max-age=31536000, immutable"
                            : "no-cache",
                    "\"" + hash(content) + "\"");
        }

        private static String hash(byte[] content) {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
                return HexFormat.of().formatHex(hash, 0, 12);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }
    }
}
