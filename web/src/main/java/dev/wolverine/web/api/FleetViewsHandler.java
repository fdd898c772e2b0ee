package dev.wolverine.web.api;

import dev.wolverine.query.FleetFilter;
import dev.wolverine.query.FleetIndex;
import dev.wolverine.query.FleetSort;
import dev.wolverine.query.ServerView;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.json.ServerField;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Shows the fleet other than as a page of a list: the top of it, its heat map, all as a file. */
public final class FleetViewsHandler {

    /** Servers that are made into text at a time, between which others have their turn. */
    private static final int SERVERS_AT_ONCE = 500;

    private static final int MAX_QUEUED_BYTES = 256 * 1024;

    private final FleetIndex fleet;
    private final BlockingCalls blocking;

    public FleetViewsHandler(FleetIndex fleet, BlockingCalls blocking) {
        this.fleet = fleet;
        this.blocking = blocking;
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(HttpMethod.GET, "/api/v1/servers/top", Access.READ, this::top),
                new Endpoint(HttpMethod.GET, "/api/v1/servers/heatmap", Access.READ, this::heatmap),
                new Endpoint(HttpMethod.GET, "/api/v1/servers/export", Access.READ, this::export),
                new Endpoint(HttpMethod.GET, "/api/v1/tags", Access.READ, this::tags));
    }

    private void top(RoutingContext context) {
        Parameters parameters = new Parameters(context.queryParams());
        FleetSort by = parameters.sort("by", FleetSort.MEMORY);
        List<ServerView> top = fleet.top(organisation(context), by, parameters.top());
        Answers.tagged(
                context,
                json -> {
                    json.writeStartObject();
                    json.writeArrayFieldStart("servers");
                    for (ServerView server : top) {
                        ServerField.write(json, server);
                    }
                    json.writeEndArray();
                    json.writeEndObject();
                });
    }

    private void heatmap(RoutingContext context) {
        Answers.tagged(context, "application/octet-stream", fleet.heatmap(organisation(context)));
    }

    private void tags(RoutingContext context) {
        Map<String, Integer> tags = fleet.tags(organisation(context));
        Answers.tagged(
                context,
                json -> {
                    json.writeStartObject();
                    json.writeArrayFieldStart("tags");
                    for (Map.Entry<String, Integer> tag : tags.entrySet()) {
                        json.writeStartObject();
                        json.writeStringField("tag", tag.getKey());
                        json.writeNumberField("servers", tag.getValue());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                    json.writeEndObject();
                });
    }

    private void export(RoutingContext context) {
        Parameters parameters = new Parameters(context.queryParams());
        FleetFilter filter = parameters.filter();
        FleetSort sort = parameters.sort("sort", FleetSort.NAME);
        boolean descending = parameters.descending();
        int fields = parameters.fields();
        ServerFile file = parameters.serverFile();
        UUID organisation = organisation(context);
        Answers.whenDone(
                context,
                blocking.call(() -> fleet.sorted(organisation, filter, sort, descending)),
                servers -> {
                    HttpServerResponse response = context.response();
                    response.setChunked(true)
                            .setWriteQueueMaxSize(MAX_QUEUED_BYTES)
                            .putHeader(HttpHeaders.CONTENT_TYPE, file.contentType())
                            .putHeader(
                                    "Content-Disposition",
                                    "attachment; filename=\"servers." + file.extension() + "\"");
                    var unused = response.write(file.head(fields));
                    write(response, file, servers, fields, 0);
                });
    }

    /** Only as fast as it is read: what waits to be sent is bounded. */
    private static void write(
            HttpServerResponse response,
            ServerFile file,
            List<ServerView> servers,
            int fields,
            int start) {
        int at = start;
        while (at < servers.size()) {
            if (response.closed()) {
                return;
            }
            if (response.writeQueueFull()) {
                int next = at;
                response.drainHandler(_ -> write(response, file, servers, fields, next));
                return;
            }
            int end = Math.min(at + SERVERS_AT_ONCE, servers.size());
            var unused = response.write(file.rows(servers.subList(at, end), fields, at == 0));
            at = end;
        }
        var unused = response.end(file.tail());
    }

    private static UUID organisation(RoutingContext context) {
        return Caller.of(context).principal().organisationId();
    }
}
