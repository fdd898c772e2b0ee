package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.HeartbeatBucket;
import dev.wolverine.query.FleetCursor;
import dev.wolverine.query.FleetPage;
import dev.wolverine.query.FleetQuery;
import dev.wolverine.query.HeartbeatSeries;
import dev.wolverine.query.ServerView;
import dev.wolverine.query.Status;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.json.Fields;
import dev.wolverine.web.json.ServerField;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.IntSupplier;

/** Answers questions about the fleet: its list, one server, a server's series, the first page. */
public final class FleetHandler {

    private final Fleet fleet;
    private final Series series;
    private final IntSupplier grpcPort;
    private final Clock clock;

    /**
     * @param grpcPort the port that instances can stream to, once it is bound
     */
    public FleetHandler(Fleet fleet, Series series, IntSupplier grpcPort, Clock clock) {
        this.fleet = fleet;
        this.series = series;
        this.grpcPort = grpcPort;
        this.clock = clock;
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(HttpMethod.GET, "/api/v1/servers", Access.READ, this::list),
                new Endpoint(HttpMethod.GET, "/api/v1/servers/:id", Access.READ, this::get),
                new Endpoint(
                        HttpMethod.GET,
                        "/api/v1/servers/:id/heartbeats",
                        Access.READ,
                        this::heartbeats),
                new Endpoint(HttpMethod.GET, "/api/v1/connection", Access.READ, this::connection));
    }

    private void list(RoutingContext context) {
        FleetQuery query = new Parameters(context.queryParams()).fleet();
        UUID organisation = organisation(context);
        // Read before the page: a change that comes in between is then sent again, never missed.
        long sequence = fleet.sequence(organisation);
        FleetPage page = fleet.page(organisation, query);
        Answers.tagged(context, json -> write(json, page, sequence));
    }

    private void get(RoutingContext context) {
        ServerView server =
                fleet.find(organisation(context), Endpoint.parameter(context, "id"))
                        .orElseThrow(FleetHandler::unknown);
        Answers.tagged(context, json -> ServerField.write(json, server));
    }

    private void heartbeats(RoutingContext context) {
        String id = Endpoint.parameter(context, "id");
        Parameters.Range range =
                new Parameters(context.queryParams())
                        .range(clock.instant().truncatedTo(ChronoUnit.MILLIS));
        Answers.whenDone(
                context,
                series.read(organisation(context), id, range.from(), range.to(), range.interval()),
                found -> {
                    HeartbeatSeries heartbeats = found.orElseThrow(FleetHandler::unknown);
                    Answers.tagged(context, json -> write(json, id, heartbeats));
                });
    }

    private void connection(RoutingContext context) {
        int servers =
                fleet.counts(organisation(context)).values().stream()
                        .mapToInt(Integer::intValue)
                        .sum();
        Answers.json(
                context,
                200,
                json -> {
                    json.writeStartObject();
                    json.writeNumberField("grpcPort", grpcPort.getAsInt());
                    json.writeNumberField("servers", servers);
                    json.writeBooleanField("heartbeats", servers > 0);
                    json.writeEndObject();
                });
    }

    private static UUID organisation(RoutingContext context) {
        return Caller.of(context).principal().organisationId();
    }

    private static Problem unknown() {
        return Problem.notFound("no such server in this organisation");
    }

    private static void write(JsonGenerator json, FleetPage page, long sequence)
            throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("servers");
        for (ServerView server : page.servers()) {
            ServerField.write(json, server);
        }
        json.writeEndArray();
        json.writeNumberField("total", page.total());
        json.writeNumberField("page", page.page());
        FleetCursor next = page.next();
        Fields.text(json, "nextCursor", next == null ? null : next.encode());
        json.writeObjectFieldStart("counts");
        for (Status status : Status.values()) {
            json.writeNumberField(status.label(), page.counts().getOrDefault(status, 0));
        }
        json.writeEndObject();
        json.writeNumberField("sequence", sequence);
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String id, HeartbeatSeries series)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("id", id);
        Fields.time(json, "from", series.from());
        Fields.time(json, "to", series.to());
        json.writeNumberField("intervalSeconds", series.interval().toSeconds());
        json.writeArrayFieldStart("points");
        for (HeartbeatBucket point : series.points()) {
            write(json, point);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, HeartbeatBucket point) throws IOException {
        json.writeStartObject();
        Fields.time(json, "time", point.time());
        json.writeNumberField("beats", point.beats());
        if (point.memoryMbMax() < 0) {
            json.writeNullField("memoryMb");
        } else {
            json.writeObjectFieldStart("memoryMb");
            json.writeNumberField("min", point.memoryMbMin());
            json.writeNumberField("avg", rounded(point.memoryMbAverage()));
            json.writeNumberField("max", point.memoryMbMax());
            json.writeEndObject();
        }
        if (point.cpuPercentMax() < 0) {
            json.writeNullField("cpuPercent");
        } else {
            json.writeObjectFieldStart("cpuPercent");
            json.writeNumberField("min", rounded(point.cpuPercentMin()));
            json.writeNumberField("avg", rounded(point.cpuPercentAverage()));
            json.writeNumberField("max", rounded(point.cpuPercentMax()));
            json.writeEndObject();
        }
        Fields.count(json, "unhealthyRoutes", point.unhealthyRoutesMax());
        Fields.scaled(json, "slowestAvgMs", point.slowestRouteMicros(), 1000);
        Fields.count(json, "uptimeSeconds", point.uptimeSeconds());
        json.writeEndObject();
    }

    /** Hundredths are as fine as what instances send. */
    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }

    /** What {@code FleetIndex} answers. */
    public interface Fleet {
        FleetPage page(UUID organisationId, FleetQuery query);

        Optional<ServerView> find(UUID organisationId, String instanceId);

        Map<Status, Integer> counts(UUID organisationId);

        /** Of the newest change; 0 before the first. */
        long sequence(UUID organisationId);
    }

    /** As {@code HeartbeatSeriesQuery.read}. */
    @FunctionalInterface
    public interface Series {
        CompletionStage<Optional<HeartbeatSeries>> read(
                UUID organisationId,
                String instanceId,
                Instant from,
                Instant to,
                Duration interval);
    }
}
