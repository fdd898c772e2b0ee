package dev.wolverine.web.json;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.ServerState;
import dev.wolverine.query.ServerView;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a server's JSON object, in their order. A field is the unit of change in the live
 * feed: those that hold an object are sent whole.
 */
public enum ServerField {
    ID("id") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.text(json, label(), server.state().instanceId());
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.state().instanceId().equals(b.state().instanceId());
        }
    },
    NAME("name") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.text(json, label(), server.state().name());
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return Objects.equals(a.state().name(), b.state().name());
        }
    },
    VERSION("version") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.text(json, label(), server.state().version());
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return Objects.equals(a.state().version(), b.state().version());
        }
    },
    STATUS("status") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.text(json, label(), server.status().label());
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.status() == b.status();
        }
    },
    SINCE("since") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.time(json, label(), server.since());
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.since().equals(b.since());
        }
    },
    REASON("reason") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.text(json, label(), server.reason());
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.reason().equals(b.reason());
        }
    },
    SUMMARY("summary") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.text(json, label(), server.sentence());
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.status() == b.status()
                    && a.since().equals(b.since())
                    && a.reason().equals(b.reason());
        }
    },
    TAGS("tags") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            json.writeArrayFieldStart(label());
            for (String tag : server.marks().tags()) {
                json.writeString(tag);
            }
            json.writeEndArray();
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.marks().tags().equals(b.marks().tags());
        }
    },
    ARCHIVED_AT("archivedAt") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.time(json, label(), server.archived() ? server.marks().archivedAt() : null);
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.archived() == b.archived()
                    && Objects.equals(a.marks().archivedAt(), b.marks().archivedAt());
        }
    },
    FIRST_SEEN("firstSeen") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.time(json, label(), server.state().firstSeen());
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.state().firstSeen().equals(b.state().firstSeen());
        }
    },
    LAST_SEEN("lastSeen") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.time(json, label(), server.state().lastSeen());
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.state().lastSeen().equals(b.state().lastSeen());
        }
    },
    TIMESTAMP("timestamp") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.time(json, label(), server.state().timestamp());
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.state().timestamp().equals(b.state().timestamp());
        }
    },
    INSTANCES("instances") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            json.writeNumberField(label(), server.state().instances());
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.state().instances() == b.state().instances();
        }
    },
    CLOCK_SKEW("clockSkewMs") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Long millis = rounded(server);
            if (millis == null) {
                json.writeNullField(label());
            } else {
                json.writeNumberField(label(), millis);
            }
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return Objects.equals(rounded(a), rounded(b));
        }

        /** To a tenth of a second: the way of a beat is in it, and differs from beat to beat. */
        private @Nullable Long rounded(ServerView server) {
            Long millis = server.clock().millis();
            return millis == null ? null : Long.valueOf(Math.round(millis / 100d) * 100);
        }
    },
    UPTIME("uptimeSeconds") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.count(json, label(), server.state().uptimeSeconds());
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.state().uptimeSeconds() == b.state().uptimeSeconds();
        }
    },
    PID("pid") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.count(json, label(), server.state().pid());
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.state().pid() == b.state().pid();
        }
    },
    PORT("port") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.count(json, label(), server.state().port());
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.state().port() == b.state().port();
        }
    },
    MEMORY("memoryMb") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.count(json, label(), server.state().memoryMb());
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.state().memoryMb() == b.state().memoryMb();
        }
    },
    PEAK_MEMORY("peakMemoryMb") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.count(json, label(), server.state().peakMemoryMb());
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.state().peakMemoryMb() == b.state().peakMemoryMb();
        }
    },
    CPU("cpuPercent") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.scaled(json, label(), server.state().cpuCentiPercent(), 100);
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.state().cpuCentiPercent() == b.state().cpuCentiPercent();
        }
    },
    ROUTES("routes") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            ServerState state = server.state();
            json.writeObjectFieldStart(label());
            Fields.count(json, "total", state.totalRoutes());
            Fields.count(json, "healthy", state.healthyRoutes());
            Fields.count(json, "unhealthy", state.unhealthyRoutes());
            Fields.text(json, "slowestPath", state.slowestPath());
            Fields.scaled(json, "slowestAvgMs", state.slowestRouteMicros(), 1000);
            json.writeEndObject();
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.state().totalRoutes() == b.state().totalRoutes()
                    && a.state().healthyRoutes() == b.state().healthyRoutes()
                    && a.state().unhealthyRoutes() == b.state().unhealthyRoutes()
                    && Objects.equals(a.state().slowestPath(), b.state().slowestPath())
                    && a.state().slowestRouteMicros() == b.state().slowestRouteMicros();
        }
    },
    REPAIRS("repairs") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            ServerState state = server.state();
            json.writeObjectFieldStart(label());
            Fields.count(json, "total", state.repairs());
            Fields.count(json, "successes", state.repairSuccesses());
            Fields.count(json, "failures", state.repairFailures());
            Fields.count(json, "costMicros", state.repairCostMicros());
            json.writeEndObject();
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.state().repairs() == b.state().repairs()
                    && a.state().repairSuccesses() == b.state().repairSuccesses()
                    && a.state().repairFailures() == b.state().repairFailures()
                    && a.state().repairCostMicros() == b.state().repairCostMicros();
        }
    },
    USAGE("usage") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            ServerState state = server.state();
            json.writeObjectFieldStart(label());
            Fields.count(json, "totalTokens", state.tokens());
            Fields.count(json, "totalCalls", state.calls());
            Fields.count(json, "costMicros", state.costMicros());
            Fields.count(json, "cacheSavingsMicros", state.cacheSavingsMicros());
            json.writeEndObject();
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.state().tokens() == b.state().tokens()
                    && a.state().calls() == b.state().calls()
                    && a.state().costMicros() == b.state().costMicros()
                    && a.state().cacheSavingsMicros() == b.state().cacheSavingsMicros();
        }
    },
    MEMORIES("memories") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.count(json, label(), server.state().memories());
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.state().memories() == b.state().memories();
        }
    },
    BACKUPS("backups") {
        @Override
        void writeValue(JsonGenerator json, ServerView server) throws IOException {
            Fields.count(json, label(), server.state().backups());
        }

        @Override
        boolean same(ServerView a, ServerView b) {
            return a.state().backups() == b.state().backups();
        }
    };

    /** Every field, as a set of bits by ordinal. */
    public static final int ALL = (1 << values().length) - 1;

    private static final List<ServerField> FIELDS = List.of(values());

    private final String label;

    ServerField(String label) {
        this.label = label;
    }

    /** The name in JSON. */
    public String label() {
        return label;
    }

    abstract void writeValue(JsonGenerator json, ServerView server) throws IOException;

    abstract boolean same(ServerView a, ServerView b);

    /** The field with this {@link #label()}. */
    public static Optional<ServerField> ofLabel(String label) {
        return FIELDS.stream().filter(field -> field.label.equals(label)).findFirst();
    }

    /** The fields in which the views differ; all where there was none before. */
    public static int changed(@Nullable ServerView before, ServerView after) {
        if (before == null) {
            return ALL;
        }
        int changed = 0;
        for (ServerField field : FIELDS) {
            if (!field.same(before, after)) {
                changed |= 1 << field.ordinal();
            }
        }
        return changed;
    }

    /** An object of these fields. */
    public static void write(JsonGenerator json, ServerView server, int fields) throws IOException {
        json.writeStartObject();
        for (ServerField field : FIELDS) {
            if ((fields & (1 << field.ordinal())) != 0) {
                field.writeValue(json, server);
            }
        }
        json.writeEndObject();
    }

    /** The whole object. */
    public static void write(JsonGenerator json, ServerView server) throws IOException {
        write(json, server, ALL);
    }
}
