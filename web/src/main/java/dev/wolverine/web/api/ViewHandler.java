package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.SavedView;
import dev.wolverine.db.postgres.SavedViewStore;
import dev.wolverine.db.reader.SelectSavedViews;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.http.RequestBody;
import dev.wolverine.web.json.Fields;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Keeps ways to look at the fleet, for everybody in the organisation. */
public final class ViewHandler {

    private static final int MAX_QUERY_CHARACTERS = 2_000;

    private final SelectSavedViews views;
    private final SavedViewStore store;
    private final BlockingCalls blocking;
    private final Clock clock;

    public ViewHandler(
            SelectSavedViews views, SavedViewStore store, BlockingCalls blocking, Clock clock) {
        this.views = views;
        this.store = store;
        this.blocking = blocking;
        this.clock = clock;
    }

    private record Wish(@Nullable String name, @Nullable String query) {}

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(HttpMethod.GET, "/api/v1/views", Access.READ, this::list),
                new Endpoint(HttpMethod.POST, "/api/v1/views", Access.OPERATE, this::create),
                new Endpoint(HttpMethod.PUT, "/api/v1/views/:id", Access.OPERATE, this::change),
                new Endpoint(HttpMethod.DELETE, "/api/v1/views/:id", Access.OPERATE, this::delete));
    }

    private void list(RoutingContext context) {
        Answers.whenDone(
                context,
                views.execute(Caller.of(context).principal().organisationId()),
                found ->
                        Answers.tagged(
                                context,
                                json -> {
                                    json.writeStartObject();
                                    json.writeArrayFieldStart("views");
                                    for (SavedView view : found) {
                                        write(json, view);
                                    }
                                    json.writeEndArray();
                                    json.writeEndObject();
                                }));
    }

    private void create(RoutingContext context) {
        Principal caller = Caller.of(context).principal();
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), Wish.class),
                wish -> {
                    SavedView view = view(UUID.randomUUID(), wish, caller.subject());
                    Answers.whenDone(
                            context,
                            blocking.call(() -> store.insert(caller.organisationId(), view)),
                            kept -> {
                                if (!kept) {
                                    throw Problem.of(
                                            409,
                                            "views: as many as there may be (expected: at most "
                                                    + SavedViewStore.MAX_VIEWS
                                                    + ")");
                                }
                                Answers.json(context, 201, json -> write(json, view));
                            });
                });
    }

    private void change(RoutingContext context) {
        Principal caller = Caller.of(context).principal();
        UUID id = Inputs.id(context).orElseThrow(ViewHandler::unknown);
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), Wish.class),
                wish -> {
                    SavedView view = view(id, wish, caller.subject());
                    Answers.whenDone(
                            context,
                            blocking.call(() ->
                                    store.update(caller.organisationId(), view, caller.subject())),
                            changed ->
                                    Answers.json(
                                            context,
                                            200,
                                            json ->
                                                    write(
                                                            json,
                                                            changed.orElseThrow(
                                                                    ViewHandler::unknown))));
                });
    }

    private void delete(RoutingContext context) {
        Principal caller = Caller.of(context).principal();
        Optional<UUID> id = Inputs.id(context);
        Answers.whenDone(
                context,
                blocking.call(() ->
                        id.isPresent()
                                && store.delete(
                                        caller.organisationId(),
                                        id.get(),
                                        caller.subject(),
                                        clock.instant())),
                deleted -> {
                    if (!deleted) {
                        throw unknown();
                    }
                    Answers.nothing(context);
                });
    }

    private SavedView view(UUID id, Wish wish, String by) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return new SavedView(
                id, Texts.name("name", wish.name()), query(wish.query()), now, by, now);
    }

    /** What the list itself would not take is not kept. */
    private static String query(@Nullable String query) {
        if (query == null) {
            return "";
        }
        if (query.length() > MAX_QUERY_CHARACTERS) {
            throw Problem.badRequest(
                    "query: too long (expected: at most " + MAX_QUERY_CHARACTERS + " characters)");
        }
        MultiMap parameters = MultiMap.caseInsensitiveMultiMap();
        try {
            new QueryStringDecoder(query, false).parameters().forEach(parameters::add);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("query: not readable (expected: as in an address)");
        }
        new Parameters(parameters).checkView();
        return query;
    }

    private static Problem unknown() {
        return Problem.notFound("no such view in this organisation");
    }

    private static void write(JsonGenerator json, SavedView view) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", view.id().toString());
        json.writeStringField("name", view.name());
        json.writeStringField("query", view.query());
        Fields.time(json, "createdAt", view.createdAt());
        json.writeStringField("createdBy", view.createdBy());
        Fields.time(json, "changedAt", view.changedAt());
        json.writeEndObject();
    }
}
