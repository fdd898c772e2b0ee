package dev.wolverine.db.reader;

import dev.wolverine.db.model.SavedView;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** The views that an organisation has kept, by name. Never blocks; thread-safe. */
public final class SelectSavedViews {

    private static final String SELECT =
            """
            SELECT id, name, query, created_at, created_by, changed_at
            FROM saved_views WHERE org_id = $1 ORDER BY name
            """;

    private final ReaderPool pool;

    public SelectSavedViews(ReaderPool pool) {
        this.pool = pool;
    }

    public CompletionStage<List<SavedView>> execute(UUID organisationId) {
        return pool.ask(
                        organisationId,
                        connection ->
                                connection
                                        .preparedQuery(SELECT)
                                        .execute(Tuple.of(organisationId))
                                        .map(rows -> {
                                            List<SavedView> views = new ArrayList<>(rows.size());
                                            rows.forEach(row -> views.add(read(row)));
                                            return views;
                                        }))
                .toCompletionStage();
    }

    private static SavedView read(Row row) {
        return new SavedView(
                row.getUUID("id"),
                row.getString("name"),
                row.getString("query"),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getString("created_by"),
                row.getOffsetDateTime("changed_at").toInstant());
    }
}
