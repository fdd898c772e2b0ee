package dev.wolverine.web.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.wolverine.db.model.LiveEvent;
import dev.wolverine.web.json.Json;
import java.util.EnumSet;
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
     * @param tags all of which a server has to have
     * @param rows whether servers are to be told at all
     * @param kinds of events to be told; null: all that the reader may have
     * @param window a part of the sorted list; null: all of it
     * @param resume where the reader has stopped; null: from now on
     */
    record Subscribe(
            long id,
            Set<String> servers,
            Set<String> tags,
            boolean rows,
            @Nullable Set<LiveEvent.Kind> kinds,
            FleetFeed.@Nullable Window window,
            @Nullable Resume resume)
            implements ClientMessage {}

    /** The last event that a reader has. */
    record Resume(String epoch, long sequence) {}

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
            @Nullable WireWindow window,
            @Nullable WireResume resume,
            @Nullable List<String> subscribe,
            @Nullable List<String> servers) {

        private static final Set<String> FILTERS = Set.of("servers", "tags", "kinds");
        private static final String ROWS = "state";
        private static final String KINDS = "state, alert, repair or audit";
        private static final int DEFAULT_LIMIT = 100;

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
            Map<String, @Nullable List<String>> wanted = filter == null ? Map.of() : filter;
            if (!FILTERS.containsAll(wanted.keySet())) {
                throw new Malformed(
                        id, "filter: another than is known (expected: servers, tags or kinds)");
            }
            Set<String> named = names("filter.servers", wanted.get("servers"));
            Set<String> tags = names("filter.tags", wanted.get("tags"));
            Set<String> kinds = names("filter.kinds", wanted.get("kinds"));
            if (window != null && !named.isEmpty()) {
                throw new Malformed(id, "window: given (expected: none with filter.servers)");
            }
            return new Subscribe(
                    subscription,
                    named,
                    tags,
                    wanted.get("kinds") == null || kinds.contains(ROWS),
                    wanted.get("kinds") == null ? null : kinds(kinds),
                    window == null ? null : window(tags, window),
                    resume == null ? null : resume(resume));
        }

        private Set<LiveEvent.Kind> kinds(Set<String> labels) throws Malformed {
            Set<LiveEvent.Kind> kinds = EnumSet.noneOf(LiveEvent.Kind.class);
            for (String label : labels) {
                if (!label.equals(ROWS)) {
                    kinds.add(
                            LiveEvent.Kind.ofLabel(label)
                                    .orElseThrow(() ->
                                            new Malformed(
                                                    id,
                                                    "filter.kinds: unknown (expected: "
                                                            + KINDS
                                                            + ")")));
                }
            }
            return kinds;
        }

        private FleetFeed.Window window(Set<String> tags, WireWindow wish) throws Malformed {
            String order = wish.order() == null ? "asc" : wish.order();
            if (!Set.of("asc", "desc").contains(order)) {
                throw new Malformed(id, "window.order: unknown (expected: asc or desc)");
            }
            return new FleetFeed.Window(
                    tags,
                    wish.sort() == null ? "status" : wish.sort(),
                    order.equals("desc"),
                    wish.offset() == null ? 0 : wish.offset(),
                    wish.limit() == null ? DEFAULT_LIMIT : wish.limit());
        }

        private Resume resume(WireResume wish) throws Malformed {
            if (wish.epoch() == null || wish.seq() == null || wish.seq() < 0) {
                throw new Malformed(
                        id, "resume: not usable (expected: epoch and seq of the last event)");
            }
            return new Resume(wish.epoch(), wish.seq());
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

    /** See {@link FleetFeed.Window}. */
    record WireWindow(
            @Nullable String sort,
            @Nullable String order,
            @Nullable Integer offset,
            @Nullable Integer limit) {}

    /** See {@link Resume}. */
    record WireResume(@Nullable String epoch, @Nullable Long seq) {}
}
