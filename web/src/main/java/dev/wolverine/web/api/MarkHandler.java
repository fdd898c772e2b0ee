package dev.wolverine.web.api;

import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.ServerMarks;
import dev.wolverine.db.postgres.MarkStore;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.http.RequestBody;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Takes what people say of a server: its tags, and whether it is put away. */
public final class MarkHandler {

    private static final Pattern TAG = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}._:/-]{0,63}");

    private final MarkStore marks;
    private final BlockingCalls blocking;
    private final Clock clock;

    public MarkHandler(MarkStore marks, BlockingCalls blocking, Clock clock) {
        this.marks = marks;
        this.blocking = blocking;
        this.clock = clock;
    }

    private record Tags(@Nullable List<@Nullable String> tags) {}

    private record Archived(@Nullable Boolean archived) {}

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(HttpMethod.PUT, "/api/v1/servers/:id/tags", Access.OPERATE, this::tag),
                new Endpoint(
                        HttpMethod.PUT,
                        "/api/v1/servers/:id/archived",
                        Access.OPERATE,
                        this::archive));
    }

    private void tag(RoutingContext context) {
        Principal caller = Caller.of(context).principal();
        String id = Endpoint.parameter(context, "id");
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), Tags.class),
                body -> {
                    List<String> tags = checked(body.tags());
                    change(
                            context,
                            () ->
                                    marks.tag(
                                            caller.organisationId(),
                                            id,
                                            tags,
                                            caller.subject(),
                                            now()));
                });
    }

    private void archive(RoutingContext context) {
        Principal caller = Caller.of(context).principal();
        String id = Endpoint.parameter(context, "id");
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), Archived.class),
                body -> {
                    Boolean archived = body.archived();
                    if (archived == null) {
                        throw Problem.badRequest("archived: missing (expected: true or false)");
                    }
                    change(
                            context,
                            () ->
                                    archived
                                            ? marks.archive(
                                                    caller.organisationId(),
                                                    id,
                                                    caller.subject(),
                                                    now())
                                            : marks.unarchive(
                                                    caller.organisationId(),
                                                    id,
                                                    caller.subject(),
                                                    now()));
                });
    }

    private void change(RoutingContext context, Callable<Boolean> change) {
        Answers.whenDone(
                context,
                blocking.call(change),
                found -> {
                    if (!found) {
                        throw Problem.notFound("no such server in this organisation");
                    }
                    Answers.nothing(context);
                });
    }

    private static List<String> checked(@Nullable List<@Nullable String> tags) {
        if (tags == null || tags.size() > ServerMarks.MAX_TAGS) {
            throw Problem.badRequest(
                    "tags: missing or too many (expected: at most " + ServerMarks.MAX_TAGS + ")");
        }
        TreeSet<String> checked = new TreeSet<>();
        for (String tag : tags) {
            if (tag == null || !TAG.matcher(tag).matches()) {
                throw Problem.badRequest(
                        "tags: one is not usable (expected: 1 to 64 letters, digits, . _ : / -,"
                                + " with a letter or digit first)");
            }
            checked.add(tag);
        }
        return List.copyOf(checked);
    }

    private Instant now() {
        return clock.instant();
    }
}
