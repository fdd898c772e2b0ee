package dev.wolverine.web.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.wolverine.web.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a client may say. */
sealed interface ClientMessage {

    /** Most servers that a subscription can name. */
    int MAX_SERVERS = 1_000;

    /** The first message of who has no session. */
    record Auth(String token) implements ClientMessage {
        @Override
        public String toString() {
            return "Auth[***]";
        }
    }

    /**
     * @param servers the instance ids to watch; empty: all
     */
    record Subscribe(long id, Set<String> servers) implements ClientMessage {}

    record Unsubscribe(long id) implements ClientMessage {}

    record Ping() implements ClientMessage {}

    /**
     * The form of the published protocol.
     *
     * @param types of events; empty: all
     * @param servers the instance ids to watch; empty: all
     */
    record Simple(Set<String> types, Set<String> servers) implements ClientMessage {}

    /** Reads one; what cannot be understood says why. */
    static ClientMessage parse(String text) throws Malformed {
        Wire wire;
        try {
            wire = Wire.READER.readValue(text);
        } catch (JsonProcessingException e) {
            throw new Malformed(null, "message: not one that is known (expected: a JSON object)");
        }
        if (wire == null) {
            throw new Malformed(null, "message: null (expected: a JSON object)");
        }
        return wire.message();
    }

    /** A message that is no message. */
    final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        private final @Nullable Long id;

        Malformed(@Nullable Long id, String message) {
            super(message, null, false, false);
            this.id = id;
        }

        /** Of the subscription that was meant, where the message says so. */
        @Nullable Long id() {
            return id;
        }

        String detail() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * The JSON object, before anything is known about it. Unknown fields are for later versions.
     */
    record Wire(
            @Nullable String op,
            @Nullable Long id,
            @Nullable String token,
            @Nullable String topic,
            @Nullable Map<String, @Nullable List<String>> filter,
            @Nullable List<String> subscribe,
            @Nullable List<String> servers) {

        private static final ObjectReader READER =
                JsonMapper.builder(Json.FACTORY)
                        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                        .build()
                        .readerFor(Wire.class);

        private ClientMessage message() throws Malformed {
            if (op == null) {
                return simple();
            }
            return switch (op) {
                case "auth" -> auth();
                case "sub" -> subscription();
                case "unsub" -> new Unsubscribe(subscriptionId());
                case "ping" -> new Ping();
                default ->
                        throw new Malformed(id, "op: unknown (expected: auth, sub, unsub or ping)");
            };
        }

        private Simple simple() throws Malformed {
            if (subscribe == null && servers == null) {
                throw new Malformed(id, "op: missing (expected: auth, sub, unsub or ping)");
            }
            return new Simple(names("subscribe", subscribe), names("servers", servers));
        }

        private Auth auth() throws Malformed {
            if (token == null) {
                throw new Malformed(id, "token: missing (expected: an API key)");
            }
            return new Auth(token);
        }

        private Subscribe subscription() throws Malformed {
            long subscription = subscriptionId();
            if (!"fleet".equals(topic)) {
                throw new Malformed(id, "topic: missing or unknown (expected: fleet)");
            }
            if (filter == null) {
                return new Subscribe(subscription, Set.of());
            }
            if (!Set.of("servers").containsAll(filter.keySet())) {
                throw new Malformed(id, "filter: another than is known (expected: servers)");
            }
            return new Subscribe(subscription, names("filter.servers", filter.get("servers")));
        }

        private long subscriptionId() throws Malformed {
            if (id == null || id < 0) {
                throw new Malformed(id, "id: missing or negative (expected: a whole number)");
            }
            return id;
        }

        private Set<String> names(String field, @Nullable List<String> names) throws Malformed {
            if (names == null) {
                return Set.of();
            }
            if (names.size() > MAX_SERVERS || names.contains(null)) {
                throw new Malformed(
                        id, field + ": not usable (expected: at most " + MAX_SERVERS + " names)");
            }
            return Set.copyOf(names);
        }
    }
}
