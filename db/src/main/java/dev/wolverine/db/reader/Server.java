package dev.wolverine.db.reader;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntFunction;

/**
 * Looks a server up inside its organisation: what lies by its id alone is read only by this way.
 */
final class Server {

    private static final String SELECT =
            "SELECT id FROM servers WHERE org_id = $1 AND instance_id = $2";

    private Server() {}

    /** Asks with its surrogate id; empty if the organisation has no such instance. */
    static <T> Future<Optional<T>> ask(
            SqlConnection connection,
            UUID organisationId,
            String instanceId,
            IntFunction<Future<T>> question) {
        return connection
                .preparedQuery(SELECT)
                .execute(Tuple.of(organisationId, instanceId))
                .compose(found ->
                        found.size() == 0
                                ? Future.succeededFuture(Optional.<T>empty())
                                : question.apply(found.iterator().next().getInteger(0))
                                        .map(Optional::of));
    }
}
