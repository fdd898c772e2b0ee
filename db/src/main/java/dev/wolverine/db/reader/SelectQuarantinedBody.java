package dev.wolverine.db.reader;

import dev.wolverine.db.model.QuarantinedBody;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** One body of an organisation's quarantine. Never blocks; thread-safe. */
public final class SelectQuarantinedBody {

    private static final String SELECT =
            "SELECT "
                    + SelectQuarantine.COLUMNS
                    + ", body FROM heartbeat_quarantine WHERE org_id = $1 AND id = $2";

    private final ReaderPool pool;

    public SelectQuarantinedBody(ReaderPool pool) {
        this.pool = pool;
    }

    /** Empty if the organisation has none with this id. */
    public CompletionStage<Optional<QuarantinedBody>> execute(UUID organisationId, long id) {
        return pool.ask(
                        organisationId,
                        connection ->
                                connection
                                        .preparedQuery(SELECT)
                                        .execute(Tuple.of(organisationId, id))
                                        .map(rows ->
                                                rows.size() == 0
                                                        ? Optional.<QuarantinedBody>empty()
                                                        : Optional.of(
                                                                read(rows.iterator().next()))))
                .toCompletionStage();
    }

    private static QuarantinedBody read(Row row) {
        return new QuarantinedBody(SelectQuarantine.read(row), row.getBuffer("body").getBytes());
    }
}
