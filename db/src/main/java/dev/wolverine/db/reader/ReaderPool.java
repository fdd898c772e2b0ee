package dev.wolverine.db.reader;

import dev.wolverine.db.DatabaseConfig;
import dev.wolverine.db.StorageException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Connections for questions. Every question runs in a transaction that is bound to its
 * organisation: row security shows nothing of another one, and nothing at all without it.
 */
public final class ReaderPool implements AutoCloseable {

    private static final String SET_ORGANISATION = "SELECT set_config('app.org_id', $1, true)";

    /** Questions take milliseconds; one that takes seconds harms all others. */
    private static final String STATEMENT_TIMEOUT_MILLIS = "5000";

    private static final int MAX_WAITING = 1_000;
    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;

    private final Pool pool;

    /** Connects when the first question comes. */
    public ReaderPool(Vertx vertx, DatabaseConfig config) {
        String url = config.url().substring("jdbc:".length());
        PgConnectOptions options =
                PgConnectOptions.fromUri(url)
                        .setUser(config.user())
                        .setPassword(config.password())
                        .setCachePreparedStatements(true)
                        .setReconnectAttempts(0);
        options.setProperties(
                Map.of(
                        "role",
                        "wolverine_reader",
                        "statement_timeout",
                        STATEMENT_TIMEOUT_MILLIS,
                        "application_name",
                        "wolverine-reader",
                        "TimeZone",
                        "UTC"));
        pool =
                PgBuilder.pool()
                        .with(
                                new PoolOptions()
                                        .setMaxSize(config.readerConnections())
                                        .setMaxWaitQueueSize(MAX_WAITING)
                                        .setConnectionTimeout(CONNECT_TIMEOUT_MILLIS)
                                        .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS)
                                        .setIdleTimeout(60))
                        .connectingTo(options)
                        .using(vertx)
                        .build();
    }

    /**
     * Asks in the name of an organisation. Fails with {@link StorageException}, as everything does
     * that stores or reads.
     */
    <T> Future<T> ask(UUID organisationId, Function<SqlConnection, Future<T>> question) {
        return pool.withTransaction(connection ->
                        connection
                                .preparedQuery(SET_ORGANISATION)
                                .execute(Tuple.of(organisationId.toString()))
                                .compose(_ -> question.apply(connection)))
                .recover(failure -> Future.failedFuture(storageFailure(failure)));
    }

    /** Class 22 blames the value that was asked for; all else may pass. */
    private static StorageException storageFailure(Throwable failure) {
        if (failure instanceof PgException refused && refused.getSqlState().startsWith("22")) {
            return new StorageException.RejectedData("a value cannot be looked up", failure);
        }
        return new StorageException.Unavailable("a question was not answered", failure);
    }

    @Override
    public void close() {
        pool.close();
    }
}
