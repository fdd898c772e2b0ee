package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.QuarantineRow;
import dev.wolverine.db.model.QuarantinedBody;
import dev.wolverine.db.postgres.DeleteQuarantinedBodies;
import dev.wolverine.db.reader.SelectQuarantine;
import dev.wolverine.db.reader.SelectQuarantinedBody;
import dev.wolverine.ingest.ReplayResult;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.http.RequestBody;
import dev.wolverine.web.json.Fields;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows what instances sent that could not be stored, and sends it again once that has changed.
 *
 * <p>Bodies can hold secrets: they are for those who look after the fleet, the list for everybody.
 */
public final class QuarantineHandler {

    private static final Logger log = LoggerFactory.getLogger(QuarantineHandler.class);

    private static final String PATH = "/api/v1/quarantine";
    private static final String ONE = PATH + "/:id";

    private final SelectQuarantine list;
    private final SelectQuarantinedBody body;
    private final DeleteQuarantinedBodies delete;
    private final QuarantineReplay replay;
    private final BlockingCalls blocking;

    public QuarantineHandler(
            SelectQuarantine list,
            SelectQuarantinedBody body,
            DeleteQuarantinedBodies delete,
            Intake intake,
            BlockingCalls blocking) {
        this.list = list;
        this.body = body;
        this.delete = delete;
        replay = new QuarantineReplay(list, body, delete, intake);
        this.blocking = blocking;
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(HttpMethod.GET, PATH, Access.READ, this::list),
                new Endpoint(HttpMethod.POST, PATH + "/replay", Access.OPERATE, this::replayAll),
                new Endpoint(HttpMethod.GET, ONE, Access.OPERATE, this::get),
                new Endpoint(HttpMethod.DELETE, ONE, Access.OPERATE, this::delete),
                new Endpoint(HttpMethod.POST, ONE + "/replay", Access.OPERATE, this::replay));
    }

    private void list(RoutingContext context) {
        Parameters.QuarantineQuestion question = new Parameters(context.queryParams()).quarantine();
        Answers.whenDone(
                context,
                list.execute(
                        organisation(context),
                        question.before(),
                        question.reason(),
                        question.instance(),
                        question.limit() + 1),
                found -> Answers.json(context, 200, json -> write(json, found, question.limit())));
    }

    private void get(RoutingContext context) {
        Answers.whenDone(
                context,
                body.execute(organisation(context), id(context)),
                found -> {
                    QuarantinedBody kept = found.orElseThrow(QuarantineReplay::unknown);
                    Answers.json(context, 200, json -> write(json, kept));
                });
    }

    private void delete(RoutingContext context) {
        UUID organisation = organisation(context);
        long id = id(context);
        Answers.whenDone(
                context,
                blocking.call(() ->
                        delete.execute(
                                organisation, List.of(id), subject(context), "quarantine.delete")),
                deleted -> {
                    if (deleted == 0) {
                        throw QuarantineReplay.unknown();
                    }
                    log.info("quarantine: {} deleted {}", subject(context), id);
                    Answers.nothing(context);
                });
    }

    private void replay(RoutingContext context) {
        Principal principal = principal(context);
        long id = id(context);
        Answers.whenDone(
                context,
                RequestBody.optionalJson(context.request(), Replay.class),
                wish -> {
                    String instanceId = wish.map(Replay::instanceId).orElse(null);
                    Answers.whenDone(
                            context,
                            blocking.call(() -> replay.one(principal, id, instanceId)),
                            result -> answer(context, id, result));
                });
    }

    private void replayAll(RoutingContext context) {
        Principal principal = principal(context);
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), ReplayAll.class),
                wish -> {
                    QuarantineReason reason = Parameters.reason(wish.reason);
                    if (reason == null) {
                        throw Problem.badRequest("reason: missing (expected: one of a body's)");
                    }
                    long before = Parameters.cursor(wish.cursor);
                    Answers.whenDone(
                            context,
                            blocking.call(() -> replay.all(principal, reason, before)),
                            summary -> answer(context, reason, summary));
                });
    }

    private static void answer(RoutingContext context, long id, ReplayResult result) {
        switch (result) {
            case ReplayResult.Stored(boolean duplicate) -> {
                log.info("quarantine: {} replayed {}", subject(context), id);
                Answers.json(
                        context,
                        200,
                        json -> {
                            json.writeStartObject();
                            json.writeBooleanField("stored", true);
                            json.writeBooleanField("duplicate", duplicate);
                            json.writeEndObject();
                        });
            }
            case ReplayResult.Unacceptable(QuarantineReason reason, String detail) ->
                    Answers.json(
                            context,
                            200,
                            json -> {
                                json.writeStartObject();
                                json.writeBooleanField("stored", false);
                                json.writeStringField("reason", reason.label());
                                json.writeStringField("detail", detail);
                                json.writeEndObject();
                            });
            case ReplayResult.Refused refused -> throw QuarantineReplay.refused(refused);
        }
    }

    private static void answer(
            RoutingContext context, QuarantineReason reason, QuarantineReplay.Summary summary) {
        log.info(
                "quarantine: {} replayed {} of reason {}",
                subject(context),
                summary.stored(),
                reason.label());
        Answers.json(
                context,
                200,
                json -> {
                    json.writeStartObject();
                    json.writeNumberField("stored", summary.stored());
                    json.writeNumberField("kept", summary.kept());
                    writeCursor(json, summary.nextBefore());
                    json.writeEndObject();
                });
    }

    /** An id that is no number is one that nobody has. */
    private static long id(RoutingContext context) {
        try {
            return Long.parseLong(Endpoint.parameter(context, "id"));
        } catch (NumberFormatException e) {
            throw QuarantineReplay.unknown();
        }
    }

    private static UUID organisation(RoutingContext context) {
        return principal(context).organisationId();
    }

    private static String subject(RoutingContext context) {
        return principal(context).subject();
    }

    private static Principal principal(RoutingContext context) {
        return Caller.of(context).principal();
    }

    private static void write(JsonGenerator json, List<QuarantineRow> found, int limit)
            throws IOException {
        List<QuarantineRow> page = found.subList(0, Math.min(found.size(), limit));
        json.writeStartObject();
        json.writeArrayFieldStart("bodies");
        for (QuarantineRow row : page) {
            json.writeStartObject();
            writeFields(json, row);
            json.writeEndObject();
        }
        json.writeEndArray();
        writeCursor(json, found.size() > limit ? page.getLast().id() : null);
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, QuarantinedBody kept) throws IOException {
        Optional<String> text = text(kept);
        json.writeStartObject();
        writeFields(json, kept.row());
        json.writeStringField("encoding", text.isPresent() ? "text" : "base64");
        json.writeStringField(
                "body", text.orElseGet(() -> Base64.getEncoder().encodeToString(kept.body())));
        json.writeEndObject();
    }

    private static void writeFields(JsonGenerator json, QuarantineRow row) throws IOException {
        json.writeNumberField("id", row.id());
        Fields.text(json, "instanceId", row.instanceId().isEmpty() ? null : row.instanceId());
        Fields.time(json, "receivedAt", row.receivedAt());
        json.writeStringField("reason", row.reason().label());
        json.writeStringField("detail", row.detail());
        json.writeStringField("contentType", row.contentType());
        json.writeNumberField("bytes", row.bytes());
        json.writeBooleanField("replayable", row.isAsSent());
    }

    private static void writeCursor(JsonGenerator json, @Nullable Long before) throws IOException {
        Fields.text(json, "nextCursor", before == null ? null : Long.toString(before));
    }

    /** JSON as it was sent, unless it is not even text. */
    private static Optional<String> text(QuarantinedBody kept) {
        if (!kept.row().contentType().startsWith("application/json")) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(kept.body()))
                            .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** As {@code HeartbeatReplay.replay}. */
    @FunctionalInterface
    public interface Intake {
        CompletionStage<ReplayResult> replay(
                UUID organisationId, QuarantinedBody kept, @Nullable String instanceId);
    }

    private record Replay(@Nullable String instanceId) {}

    private record ReplayAll(@Nullable String reason, @Nullable String cursor) {}
}
