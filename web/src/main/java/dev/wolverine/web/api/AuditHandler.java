package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.AuditRecord;
import dev.wolverine.db.reader.SelectAudit;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.json.Fields;
import dev.wolverine.web.json.Json;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Shows who did what in the organisation, a page at a time or all of it as a file. */
public final class AuditHandler {

    private static final int EXPORT_PAGE = 500;

    private final SelectAudit audit;

    public AuditHandler(SelectAudit audit) {
        this.audit = audit;
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(HttpMethod.GET, "/api/v1/audit", Access.AUDIT, this::list),
                new Endpoint(HttpMethod.GET, "/api/v1/audit/export", Access.AUDIT, this::export));
    }

    private void list(RoutingContext context) {
        Parameters.Page page = new Parameters(context.queryParams()).page();
        Answers.whenDone(
                context,
                audit.before(organisation(context), page.before(), page.limit() + 1),
                found -> Answers.json(context, 200, json -> write(json, found, page.limit())));
    }

    private void export(RoutingContext context) {
        AuditFile file = new Parameters(context.queryParams()).auditFile();
        UUID organisation = organisation(context);
        Answers.whenDone(
                context,
                audit.after(organisation, 0, EXPORT_PAGE),
                first -> {
                    context.response()
                            .setChunked(true)
                            .putHeader(HttpHeaders.CONTENT_TYPE, file.contentType())
                            .putHeader(
                                    "Content-Disposition",
                                    "attachment; filename=\"audit." + file.extension() + "\"");
                    Answers.whenDone(
                            context,
                            context.response()
                                    .write(file.head())
                                    .compose(_ -> rest(context, organisation, file, first)),
                            _ -> {
                                var unused = context.response().end();
                            });
                });
    }

    /** A page is asked for when the one before is on its way: one page is in memory at a time. */
    private Future<Void> rest(
            RoutingContext context, UUID organisation, AuditFile file, List<AuditRecord> page) {
        if (page.isEmpty()) {
            return Future.succeededFuture();
        }
        Future<Void> written = context.response().write(file.rows(page));
        if (page.size() < EXPORT_PAGE) {
            return written;
        }
        return written.compose(_ ->
                        Future.fromCompletionStage(
                                audit.after(organisation, page.getLast().sequence(), EXPORT_PAGE),
                                context.vertx().getOrCreateContext()))
                .compose(next -> rest(context, organisation, file, next));
    }

    private static UUID organisation(RoutingContext context) {
        return Caller.of(context).principal().organisationId();
    }

    private static void write(JsonGenerator json, List<AuditRecord> found, int limit)
            throws IOException {
        List<AuditRecord> page = found.subList(0, Math.min(found.size(), limit));
        json.writeStartObject();
        json.writeArrayFieldStart("records");
        for (AuditRecord record : page) {
            write(json, record);
        }
        json.writeEndArray();
        boolean more = found.size() > limit;
        Fields.text(json, "nextCursor", more ? Long.toString(page.getLast().sequence()) : null);
        json.writeEndObject();
    }

    static void write(JsonGenerator json, AuditRecord record) throws IOException {
        AuditEntry entry = record.entry();
        json.writeStartObject();
        json.writeNumberField("sequence", record.sequence());
        json.writeStringField("at", entry.at().toString());
        json.writeStringField("subject", entry.subject());
        json.writeStringField("action", entry.action());
        json.writeStringField("target", entry.target());
        json.writeObjectFieldStart("detail");
        for (Map.Entry<String, String> detail : entry.detail().entrySet()) {
            json.writeStringField(detail.getKey(), detail.getValue());
        }
        json.writeEndObject();
        json.writeStringField("previousHash", HexFormat.of().formatHex(record.previousHash()));
        json.writeStringField("hash", HexFormat.of().formatHex(record.hash()));
        json.writeEndObject();
    }

    static String line(AuditRecord record) {
        return Json.text(json -> write(json, record)) + "\n";
    }
}
