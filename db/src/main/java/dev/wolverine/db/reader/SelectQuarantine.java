package dev.wolverine.db.reader;

import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.QuarantineRow;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What an organisation has in quarantine, newest first, without the bodies. Never blocks;
 * thread-safe.
 */
public final class SelectQuarantine {

    static final String COLUMNS =
            "id, instance_id, received_at, reason, detail, content_type, octet_length(body) AS bytes";

    private static final String SELECT =
            "SELECT "
                    + COLUMNS
                    + """
                     FROM heartbeat_quarantine
                    WHERE org_id = $1 AND id < $2
                        AND ($3::text IS NULL OR reason = $3) AND ($4::text IS NULL OR instance_id = $4)
                    ORDER BY id DESC
                    LIMIT $5
                    """;

    private final ReaderPool pool;

    public SelectQuarantine(ReaderPool pool) {
        this.pool = pool;
    }

    /**
     * At most so many.
     *
     * @param before ids from this one on are left out: {@link Long#MAX_VALUE} to begin
     * @param reason null: any
     * @param instanceId null: any; empty: those that name none
     */
    public CompletionStage<List<QuarantineRow>> execute(
            UUID organisationId,
            long before,
            @Nullable QuarantineReason reason,
            @Nullable String instanceId,
            int limit) {
        Tuple arguments =
                Tuple.of(
                        organisationId,
                        before,
                        reason == null ? null : reason.label(),
                        instanceId,
                        limit);
        return pool.ask(
                        organisationId,
                        connection ->
                                connection
                                        .preparedQuery(SELECT)
                                        .execute(arguments)
                                        .map(found -> {
                                            List<QuarantineRow> rows = new ArrayList<>();
                                            found.forEach(row -> rows.add(read(row)));
                                            return rows;
                                        }))
                .toCompletionStage();
    }

    static QuarantineRow read(Row row) {
        return new QuarantineRow(
                row.getLong("id"),
                row.getString("instance_id"),
                row.getOffsetDateTime("received_at").toInstant(),
                QuarantineReason.ofLabel(row.getString("reason")).orElseThrow(),
                row.getString("detail"),
                row.getString("content_type"),
                row.getInteger("bytes"));
    }
}
