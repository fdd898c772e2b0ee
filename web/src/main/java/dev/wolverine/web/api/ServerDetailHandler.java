package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.RepairEntry;
import dev.wolverine.db.model.ServerEvent;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotSample;
import dev.wolverine.db.model.UsageRow;
import dev.wolverine.db.reader.SelectRepairs;
import dev.wolverine.db.reader.SelectUsageOfServer;
import dev.wolverine.db.reader.SelectSnapshotSamples;
import dev.wolverine.query.ServerTimeline;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.json.Fields;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Answers what one server did over a time: its events, repairs, usage, slowest routes, backups and
 * brain. All of it is asked in the database.
 */
public final class ServerDetailHandler {

    private static final Duration DAY = Duration.ofDays(1);

    /** Of questions that look at every heartbeat of the time. */
    private static final Duration LONGEST_OF_BEATS = Duration.ofDays(92);

    /** Of questions that look at what follows from heartbeats. */
    private static final Duration LONGEST = Duration.ofDays(1_000);

    private static final Duration QUARTER = Duration.ofMinutes(15);

    private final Details details;
    private final Clock clock;

    public ServerDetailHandler(Details details, Clock clock) {
        this.details = details;
        this.clock = clock;
    }

    /** Where the answers are. */
    public record Details(
            ServerTimeline timeline,
            SelectRepairs repairs,
            SelectUsageOfServer usage,
            SelectSnapshotSamples samples) {}

    public List<Endpoint> endpoints() {
        return List.of(
                get("events", this::events),
                get("repairs", this::repairs),
                get("usage", this::usage),
                get("routes", this::routes),
                get("backups", this::backups),
                get("brain", this::brain));
    }

    private static Endpoint get(String what, io.vertx.core.Handler<RoutingContext> handler) {
        return new Endpoint(HttpMethod.GET, "/api/v1/servers/:id/" + what, Access.READ, handler);
    }

    private void events(RoutingContext context) {
        Parameters parameters = new Parameters(context.queryParams());
        Parameters.Range range = parameters.range(now(), DAY, LONGEST_OF_BEATS);
        int limit = parameters.limit();
        Answers.whenDone(
                context,
                details.timeline.read(
                        organisation(context),
                        id(context),
                        range.from(),
                        range.to(),
                        parameters.kinds(),
                        limit + 1),
                found -> {
                    List<ServerEvent> events = known(found);
                    List<ServerEvent> page = events.subList(0, Math.min(limit, events.size()));
                    Answers.tagged(
                            context,
                            json -> {
                                begin(json, id(context), range);
                                json.writeArrayFieldStart("events");
                                for (ServerEvent event : page) {
                                    write(json, event);
                                }
                                json.writeEndArray();
                                json.writeBooleanField("more", events.size() > limit);
                                json.writeEndObject();
                            });
                });
    }

    private void repairs(RoutingContext context) {
        Parameters parameters = new Parameters(context.queryParams());
        Parameters.Range range = parameters.range(now(), Duration.ofDays(365), LONGEST);
        Answers.whenDone(
                context,
                details.repairs.execute(
                        organisation(context),
                        id(context),
                        range.from(),
                        range.to(),
                        parameters.success(),
                        parameters.limit()),
                found -> {
                    SelectRepairs.Answer answer = known(found);
                    Answers.tagged(
                            context,
                            json -> {
                                begin(json, id(context), range);
                                json.writeArrayFieldStart("repairs");
                                for (RepairEntry repair : answer.repairs()) {
                                    write(json, repair);
                                }
                                json.writeEndArray();
                                write(json, answer.stats());
                                json.writeEndObject();
                            });
                });
    }

    private void usage(RoutingContext context) {
        Parameters parameters = new Parameters(context.queryParams());
        Parameters.Range asked = parameters.range(now(), DAY, LONGEST);
        Instant from =
                asked.from().truncatedTo(ChronoUnit.DAYS).plus(quarters(asked.from(), false));
        Instant to = asked.to().truncatedTo(ChronoUnit.DAYS).plus(quarters(asked.to(), true));
        boolean byDefault = !context.queryParams().contains("interval");
        Duration interval =
                byDefault && asked.interval().compareTo(QUARTER) < 0 ? QUARTER : asked.interval();
        if (interval.toMillis() % QUARTER.toMillis() != 0) {
            throw Problem.badRequest(
                    "interval: "
                            + interval.toSeconds()
                            + "s (expected: whole quarters of an hour, as 15m, 1h or 1d)");
        }
        Parameters.Range range = new Parameters.Range(from, to, interval);
        var dimension = parameters.dimension();
        Answers.whenDone(
                context,
                details.usage.execute(
                        organisation(context), id(context), dimension, from, to, interval),
                found -> {
                    SelectUsageOfServer.Answer answer = known(found);
                    Answers.tagged(
                            context,
                            json -> {
                                begin(json, id(context), range);
                                json.writeStringField(
                                        "groupBy", dimension.name().toLowerCase(Locale.ROOT));
                                json.writeNumberField("intervalSeconds", interval.toSeconds());
                                write(json, "usage", answer.sums());
                                write(json, "points", answer.overTime());
                                json.writeEndObject();
                            });
                });
    }

    private void routes(RoutingContext context) {
        samples(
                context,
                SelectSnapshotSamples.Choice.SLOWEST_ROUTE,
                (json, sample) -> {
                    Fields.text(json, "slowestPath", sample.snapshot().slowestPath());
                    Fields.scaled(json, "slowestAvgMs", sample.slowestRouteMicros(), 1000);
                    Fields.count(json, "healthy", sample.healthyRoutes());
                    Fields.count(json, "unhealthy", sample.unhealthyRoutes());
                });
    }

    private void backups(RoutingContext context) {
        samples(
                context,
                SelectSnapshotSamples.Choice.LAST,
                (json, sample) -> {
                    Snapshot.Backups backups = sample.snapshot().backups();
                    number(json, "total", backups.total());
                    number(json, "stable", backups.stable());
                    number(json, "verified", backups.verified());
                    number(json, "unstable", backups.unstable());
                });
    }

    private void brain(RoutingContext context) {
        samples(
                context,
                SelectSnapshotSamples.Choice.LAST,
                (json, sample) -> {
                    number(json, "totalMemories", sample.snapshot().memories());
                    json.writeObjectFieldStart("namespaces");
                    for (Map.Entry<String, Long> space :
                            sample.snapshot().memoryNamespaces().entrySet()) {
                        json.writeNumberField(space.getKey(), space.getValue());
                    }
                    json.writeEndObject();
                });
    }

    /** What a point has besides its time. */
    private interface Point {
        void write(JsonGenerator json, SnapshotSample sample) throws IOException;
    }

    private void samples(RoutingContext context, SelectSnapshotSamples.Choice choice, Point point) {
        Parameters.Range range =
                new Parameters(context.queryParams()).range(now(), DAY, LONGEST_OF_BEATS);
        Duration interval = ServerTimeline.stretch(range.from(), range.to());
        Answers.whenDone(
                context,
                details.samples.execute(
                        organisation(context),
                        id(context),
                        range.from(),
                        range.to(),
                        interval,
                        choice),
                found -> {
                    List<SnapshotSample> samples = known(found);
                    Answers.tagged(
                            context,
                            json -> {
                                begin(json, id(context), range);
                                json.writeArrayFieldStart("points");
                                for (SnapshotSample sample : samples) {
                                    json.writeStartObject();
                                    Fields.time(json, "time", sample.at());
                                    point.write(json, sample);
                                    json.writeEndObject();
                                }
                                json.writeEndArray();
                                json.writeEndObject();
                            });
                });
    }

    private static void begin(JsonGenerator json, String id, Parameters.Range range)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("id", id);
        Fields.time(json, "from", range.from());
        Fields.time(json, "to", range.to());
    }

    private static void write(JsonGenerator json, ServerEvent event) throws IOException {
        json.writeStartObject();
        Fields.time(json, "time", event.at());
        json.writeStringField("kind", event.kind().label());
        json.writeObjectFieldStart("detail");
        for (Map.Entry<String, Object> one : event.detail().entrySet()) {
            json.writeFieldName(one.getKey());
            write(json, one.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> json.writeNull();
            case Boolean truth -> json.writeBoolean(truth);
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Double number -> json.writeNumber(number);
            case List<?> list -> {
                json.writeStartArray();
                for (Object one : list) {
                    write(json, one);
                }
                json.writeEndArray();
            }
            default -> json.writeString(value.toString());
        }
    }

    private static void write(JsonGenerator json, RepairEntry repair) throws IOException {
        Snapshot.LastRepair last = repair.last();
        json.writeStartObject();
        Fields.time(json, "time", repair.at());
        json.writeNumberField("repairs", repair.repairs());
        json.writeNumberField("successes", repair.successes());
        json.writeNumberField("failures", repair.failures());
        json.writeNumberField("tokens", repair.tokens());
        json.writeNumberField("costMicros", repair.costMicros());
        json.writeObjectFieldStart("last");
        Fields.text(json, "error", last.error());
        Fields.text(json, "resolution", last.resolution());
        Fields.text(json, "mode", last.mode());
        Fields.text(json, "model", last.model());
        if (last.success() == null) {
            json.writeNullField("success");
        } else {
            json.writeBooleanField("success", last.success());
        }
        number(json, "tokens", last.tokens());
        number(json, "costMicros", last.costMicros());
        Long at = last.timestampMillis();
        Fields.time(json, "time", at == null ? null : Instant.ofEpochMilli(at));
        Fields.scaled(
                json, "durationMs", last.durationMilli() == null ? -1 : last.durationMilli(), 1000);
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, RepairEntry.Stats stats) throws IOException {
        json.writeObjectFieldStart("stats");
        json.writeNumberField("total", stats.total());
        json.writeNumberField("successes", stats.successes());
        json.writeNumberField("failures", stats.failures());
        ratio(json, "successRate", 100 * stats.successes(), stats.total());
        json.writeNumberField("totalTokens", stats.tokens());
        ratio(json, "avgTokens", stats.tokens(), stats.total());
        json.writeNumberField("costMicros", stats.costMicros());
        ratio(json, "avgCostMicros", stats.costMicros(), stats.total());
        Double duration = stats.durationMilli();
        Fields.scaled(json, "avgDurationMs", duration == null ? -1 : Math.round(duration), 1000);
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String name, List<UsageRow> rows)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (UsageRow row : rows) {
            json.writeStartObject();
            if (row.time() != null) {
                Fields.time(json, "time", row.time());
            }
            json.writeStringField("key", row.key());
            json.writeStringField("category", row.category());
            json.writeNumberField("inputTokens", row.inputTokens());
            json.writeNumberField("outputTokens", row.outputTokens());
            json.writeNumberField("tokens", row.tokens());
            json.writeNumberField("calls", row.calls());
            json.writeNumberField("costMicros", row.costMicros());
            json.writeNumberField("cacheSavingsMicros", row.cacheSavingsMicros());
            json.writeNumberField("successes", row.successes());
            json.writeNumberField("failures", row.failures());
            json.writeBooleanField("estimated", row.estimated());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Null where there is nothing to divide by. */
    private static void ratio(JsonGenerator json, String name, long value, long of)
            throws IOException {
        if (of == 0) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, Math.round(100.0 * value / of) / 100.0);
        }
    }

    private static void number(JsonGenerator json, String name, @Nullable Long value)
            throws IOException {
        Fields.count(json, name, value == null ? -1 : value);
    }

    /** Whole quarters of the day, up or down: that is how usage is kept. */
    private static Duration quarters(Instant time, boolean up) {
        long millis = Math.floorMod(time.toEpochMilli(), DAY.toMillis());
        long width = QUARTER.toMillis();
        return Duration.ofMillis((millis + (up ? width - 1 : 0)) / width * width);
    }

    private static <T> T known(Optional<T> found) {
        return found.orElseThrow(() -> Problem.notFound("no such server in this organisation"));
    }

    private static UUID organisation(RoutingContext context) {
        return Caller.of(context).principal().organisationId();
    }

    private static String id(RoutingContext context) {
        return Endpoint.parameter(context, "id");
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
