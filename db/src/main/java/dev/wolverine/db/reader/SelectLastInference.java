package dev.wolverine.db.reader;

import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** When a model was last asked for something. Never blocks; thread-safe. */
public final class SelectLastInference {

    private static final String OF_FLEET =
            """
            SELECT max(bucket) AS at FROM (
                SELECT bucket FROM fleet_usage WHERE org_id = $1 AND dimension = 0 AND calls > 0 ORDER BY bucket DESC LIMIT 1) AS newest
            """;

    private static final String OF_SERVER =
            """
            SELECT max(bucket) AS at FROM (
                SELECT bucket FROM usage_facts
                WHERE server_id = (SELECT id FROM servers WHERE org_id = $1 AND instance_id = $2)
                      AND series_id = (SELECT id FROM usage_series WHERE org_id = $1 AND dimension = 0)
                      AND calls > 0
                ORDER BY bucket DESC LIMIT 1) AS newest
            """;

    private final ReaderPool pool;

    public SelectLastInference(ReaderPool pool) {
        this.pool = pool;
    }

    /**
     * The quarter of an hour in which it was; empty if it never was.
     *
     * @param instanceId null: by any server
     */
    public CompletionStage<Optional<Instant>> execute(
            UUID organisationId, @Nullable String instanceId) {
        Tuple values =
                instanceId == null
                        ? Tuple.of(organisationId)
                        : Tuple.of(organisationId, instanceId);
        return pool.ask(
                        organisationId,
                        connection ->
                                connection
                                        .preparedQuery(instanceId == null ? OF_FLEET : OF_SERVER)
                                        .execute(values))
                .map(rows ->
                        Optional.ofNullable(rows.iterator().next().getOffsetDateTime("at"))
                                .map(OffsetDateTime::toInstant))
                .toCompletionStage();
    }
}
