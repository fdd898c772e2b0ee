package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.DeliveryRecord;
import dev.wolverine.db.model.DeliveryTry;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.postgres.ReplayDelivery;
import dev.wolverine.db.reader.SelectDeliveries;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.json.Fields;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** Shows what became of each message of a channel, and has one delivered again. */
public final class DeliveryHandler {

    private final SelectDeliveries deliveries;
    private final ReplayDelivery replay;
    private final BlockingCalls blocking;
    private final Clock clock;

    public DeliveryHandler(
            SelectDeliveries deliveries,
            ReplayDelivery replay,
            BlockingCalls blocking,
            Clock clock) {
        this.deliveries = deliveries;
        this.replay = replay;
        this.blocking = blocking;
        this.clock = clock;
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(
                        HttpMethod.GET,
                        "/api/v1/channels/:id/deliveries",
                        Access.OPERATE,
                        this::list),
                new Endpoint(
                        HttpMethod.POST,
                        "/api/v1/deliveries/:id/replay",
                        Access.OPERATE,
                        this::replay));
    }

    private void list(RoutingContext context) {
        Parameters.Page page = new Parameters(context.queryParams()).page();
        UUID organisation = Caller.of(context).principal().organisationId();
        UUID channel = ChannelHandler.id(context);
        Answers.whenDone(
                context,
                deliveries.execute(organisation, channel, page.before(), page.limit() + 1),
                found -> {
                    List<DeliveryRecord> records = found.orElseThrow(ChannelHandler::unknown);
                    Answers.json(context, 200, json -> write(json, records, page.limit()));
                });
    }

    private void replay(RoutingContext context) {
        Principal by = Caller.of(context).principal();
        long id = id(context);
        Answers.whenDone(
                context,
                blocking.call(() ->
                        replay.execute(by.organisationId(), id, clock.instant(), by.subject())),
                result -> {
                    switch (result) {
                        case DONE -> Answers.nothing(context);
                        case UNKNOWN -> throw unknown();
                        case TEST ->
                                throw Problem.of(
                                        409, "delivery: of a test (expected: try it once more)");
                        case DISABLED ->
                                throw Problem.of(
                                        409, "channel: disabled (expected: one that is enabled)");
                    }
                });
    }

    private static void write(JsonGenerator json, List<DeliveryRecord> found, int limit)
            throws IOException {
        List<DeliveryRecord> page = found.subList(0, Math.min(found.size(), limit));
        json.writeStartObject();
        json.writeArrayFieldStart("deliveries");
        for (DeliveryRecord delivery : page) {
            write(json, delivery);
        }
        json.writeEndArray();
        boolean more = found.size() > limit;
        Fields.text(json, "nextCursor", more ? Long.toString(page.getLast().id()) : null);
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, DeliveryRecord delivery) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", Long.toString(delivery.id()));
        writeFields(json, delivery.tried());
        json.writeNumberField("covers", delivery.covers());
        DeliveryRecord.Message message = delivery.message();
        if (message == null) {
            json.writeNullField("message");
        } else {
            json.writeObjectFieldStart("message");
            json.writeStringField("eventId", message.eventId().toString());
            json.writeStringField("groupId", message.groupId().toString());
            json.writeNumberField("version", message.version());
            json.writeStringField("state", message.state());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    static void writeFields(JsonGenerator json, DeliveryTry tried) throws IOException {
        Fields.time(json, "at", tried.at());
        json.writeNumberField("tookMs", tried.took().toMillis());
        json.writeStringField("outcome", tried.outcome().label());
        Integer status = tried.status();
        if (status == null) {
            json.writeNullField("status");
        } else {
            json.writeNumberField("status", status);
        }
        json.writeStringField("detail", Objects.requireNonNullElse(tried.detail(), ""));
    }

    private static long id(RoutingContext context) {
        try {
            return Long.parseLong(Endpoint.parameter(context, "id"));
        } catch (NumberFormatException e) {
            throw unknown();
        }
    }

    private static Problem unknown() {
        return Problem.notFound("no such delivery in this organisation");
    }
}
