package dev.wolverine.db.reader;

import dev.wolverine.db.model.DeliveryRecord;
import dev.wolverine.db.model.DeliveryTry;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** The delivery log of a channel, newest first. Never blocks; thread-safe. */
public final class SelectDeliveries {

    private static final String SELECT_CHANNEL =
            "SELECT 1 FROM channels WHERE org_id = $1 AND id = $2";

    private static final String SELECT =
            """
            SELECT d.id, d.covers, d.at, d.took_ms, d.outcome, d.status, d.detail, o.event_id, o.group_id, o.version, o.state
            FROM deliveries d LEFT JOIN outbox o ON o.id = d.outbox_id
            WHERE d.org_id = $1 AND d.channel_id = $2 AND d.id < $3
            ORDER BY d.id DESC
            LIMIT $4
            """;

    private final ReaderPool pool;

    public SelectDeliveries(ReaderPool pool) {
        this.pool = pool;
    }

    /**
     * At most so many; empty if the organisation has no such channel.
     *
     * @param before ids from this one on are left out: {@link Long#MAX_VALUE} to begin
     */
    public CompletionStage<Optional<List<DeliveryRecord>>> execute(
            UUID organisationId, UUID channelId, long before, int limit) {
        return pool.ask(
                        organisationId,
                        connection ->
                                connection
                                        .preparedQuery(SELECT_CHANNEL)
                                        .execute(Tuple.of(organisationId, channelId))
                                        .flatMap(found ->
                                                connection
                                                        .preparedQuery(SELECT)
                                                        .execute(
                                                                Tuple.of(
                                                                        organisationId,
                                                                        channelId,
                                                                        before,
                                                                        limit))
                                                        .map(rows -> {
                                                            List<DeliveryRecord> records =
                                                                    new ArrayList<>();
                                                            rows.forEach(
                                                                    row -> records.add(read(row)));
                                                            return found.size() == 0
                                                                    ? Optional
                                                                            .<List<DeliveryRecord>>
                                                                                    empty()
                                                                    : Optional.of(records);
                                                        })))
                .toCompletionStage();
    }

    private static DeliveryRecord read(Row row) {
        UUID event = row.getUUID("event_id");
        return new DeliveryRecord(
                row.getLong("id"),
                row.getInteger("covers"),
                new DeliveryTry(
                        row.getOffsetDateTime("at").toInstant(),
                        Duration.ofMillis(row.getInteger("took_ms")),
                        DeliveryTry.Outcome.ofLabel(row.getString("outcome")),
                        row.getInteger("status"),
                        row.getString("detail")),
                event == null
                        ? null
                        : new DeliveryRecord.Message(
                                event,
                                row.getUUID("group_id"),
                                row.getInteger("version"),
                                row.getString("state")));
    }
}
