package dev.wolverine.db.reader;

import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.AuditRecord;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** The audit log of an organisation, in pages. Never blocks; thread-safe. */
public final class SelectAudit {

    private static final String COLUMNS =
            """
            SELECT org_id, seq, at, subject, action, target, detail, previous_hash, hash
            FROM audit_log
            """;

    private static final String NEWEST_FIRST =
            COLUMNS + "WHERE org_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3";

    private static final String OLDEST_FIRST =
            COLUMNS + "WHERE org_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";

    private final ReaderPool pool;

    public SelectAudit(ReaderPool pool) {
        this.pool = pool;
    }

    /** At most so many records below this number, newest first. */
    public CompletionStage<List<AuditRecord>> before(
            UUID organisationId, long sequence, int limit) {
        return select(NEWEST_FIRST, organisationId, sequence, limit);
    }

    /** At most so many records above this number, oldest first. */
    public CompletionStage<List<AuditRecord>> after(UUID organisationId, long sequence, int limit) {
        return select(OLDEST_FIRST, organisationId, sequence, limit);
    }

    private CompletionStage<List<AuditRecord>> select(
            String sql, UUID organisationId, long sequence, int limit) {
        Tuple arguments = Tuple.of(organisationId, sequence, limit);
        return pool.ask(
                        organisationId,
                        connection ->
                                connection
                                        .preparedQuery(sql)
                                        .execute(arguments)
                                        .map(found -> {
                                            List<AuditRecord> records = new ArrayList<>();
                                            found.forEach(row -> records.add(read(row)));
                                            return records;
                                        }))
                .toCompletionStage();
    }

    private static AuditRecord read(Row row) {
        SortedMap<String, String> detail = new TreeMap<>();
        JsonObject json = row.getJsonObject("detail");
        json.forEach(one -> detail.put(one.getKey(), String.valueOf(one.getValue())));
        return new AuditRecord(
                row.getLong("seq"),
                new AuditEntry(
                        row.getUUID("org_id"),
                        row.getOffsetDateTime("at").toInstant(),
                        row.getString("subject"),
                        row.getString("action"),
                        row.getString("target"),
                        detail),
                row.getBuffer("previous_hash").getBytes(),
                row.getBuffer("hash").getBytes());
    }
}
