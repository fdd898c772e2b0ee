package dev.wolverine.web;

import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A real WebSocket client that remembers what it was told. */
final class LiveClient implements AutoCloseable, WebSocket.Listener {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final List<JsonObject> messages = new CopyOnWriteArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final WebSocket socket;
    private volatile @Nullable Integer closeCode;
    private volatile int pings;

    private LiveClient(TestPlatform platform, List<String> headers) {
        WebSocket.Builder builder =
                HTTP.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(5));
        for (int i = 0; i < headers.size(); i += 2) {
            builder.header(headers.get(i), headers.get(i + 1));
        }
        socket =
                builder.buildAsync(
                                URI.create("ws://127.0.0.1:" + platform.port() + "/ws/live"), this)
                        .join();
    }

    static LiveClient connect(TestPlatform platform, String... headers) {
        return new LiveClient(platform, List.of(headers));
    }

    /** Connects and authenticates with the first message. */
    static LiveClient withKey(TestPlatform platform, String key) {
        LiveClient client = connect(platform);
        client.send(new JsonObject().put("op", "auth").put("token", key).encode());
        client.await("hello");
        return client;
    }

    void send(String message) {
        socket.sendText(message, true).join();
    }

    void sendBinary(byte[] message) {
        socket.sendBinary(ByteBuffer.wrap(message), true).join();
    }

    /** The first message with this `op`. */
    JsonObject await(String op) {
        return await(message -> op.equals(message.getString("op")));
    }

    JsonObject await(Predicate<JsonObject> wanted) {
        return await().atMost(Duration.ofSeconds(10))
                .until(
                        () -> messages.stream().filter(wanted).findFirst(),
                        found -> found.isPresent())
                .orElseThrow();
    }

    int awaitClose() {
        return await().atMost(Duration.ofSeconds(15)).until(() -> closeCode, code -> code != null);
    }

    boolean isClosed() {
        return closeCode != null;
    }

    List<JsonObject> messages() {
        return List.copyOf(messages);
    }

    int pings() {
        return pings;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
            messages.add(new JsonObject(text.toString()));
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
        pings++;
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closeCode = code;
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        closeCode = 1006;
    }

    @Override
    public void close() {
        socket.abort();
    }

    private static org.awaitility.core.ConditionFactory await() {
        return org.awaitility.Awaitility.await().pollInterval(Duration.ofMillis(10));
    }
}
