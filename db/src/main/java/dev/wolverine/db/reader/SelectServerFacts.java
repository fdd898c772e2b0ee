package dev.wolverine.db.reader;

import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Name, version and restarts of an organisation's servers. Never blocks; thread-safe. */
public final class SelectServerFacts {

    private static final String SELECT =
            """
            SELECT servers.instance_id, states.name, states.version,
                   (SELECT count(*) FROM restarts
                    WHERE server_id = servers.id AND ts >= $2 AND ts < $3)::integer AS restarts
            FROM servers LEFT JOIN server_states AS states ON states.server_id = servers.id
            WHERE servers.org_id = $1
            """;

    private final ReaderPool pool;

    public SelectServerFacts(ReaderPool pool) {
        this.pool = pool;
    }

    /**
     * Of one server.
     *
     * @param version that it has now
     * @param restarts of its runner or its child within the period
     */
    public record Facts(@Nullable String name, @Nullable String version, int restarts) {}

    /** By instance id. */
    public CompletionStage<Map<String, Facts>> execute(
            UUID organisationId, Instant from, Instant to) {
        Tuple values =
                Tuple.of(
                        organisationId, from.atOffset(ZoneOffset.UTC), to.atOffset(ZoneOffset.UTC));
        return pool.ask(
                        organisationId,
                        connection -> connection.preparedQuery(SELECT).execute(values))
                .map(rows -> {
                    Map<String, Facts> facts = new HashMap<>();
                    rows.forEach(row ->
                            facts.put(
                                    row.getString("instance_id"),
                                    new Facts(
                                            row.getString("name"),
                                            row.getString("version"),
                                            row.getInteger("restarts"))));
                    return Map.copyOf(facts);
                })
                .toCompletionStage();
    }
}
