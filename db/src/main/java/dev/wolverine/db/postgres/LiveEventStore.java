package dev.wolverine.db.postgres;

import dev.wolverine.db.model.LiveEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * The newest events of every organisation: published from what was stored elsewhere, and read by
 * every process in the same order.
 *
 * <p>One process at a time publishes, whoever comes first: events become visible in the order of
 * their ids, so that a reader's place is one number. Blocking; thread-safe. Fails with {@link
 * dev.wolverine.db.StorageException}.
 */
public final class LiveEventStore {

    /** Events of an organisation that are kept, as far as they are no older than five minutes. */
    public static final int KEPT = 10_000;

    private static final int AT_ONCE = 1_000;

    private static final String LOCK =
            "SELECT pg_try_advisory_xact_lock(hashtext('wolverine.live_events'))";

    /** Without a row everything begins anew, in another epoch. */
    private static final String BEGIN =
            """
            INSERT INTO live_progress DEFAULT VALUES ON CONFLICT (only_row) DO NOTHING
            """;

    private static final String SELECT_PROGRESS =
            """
            SELECT epoch, last_id FROM live_progress
            """;

    private static final String MOVE_HEAD =
            """
            INSERT INTO live_heads AS head (org_id, seq) VALUES (?, ?)
            ON CONFLICT (org_id) DO UPDATE SET seq = head.seq + excluded.seq
            RETURNING seq
            """;

    private static final String INSERT =
            """
            INSERT INTO live_events (id, org_id, seq, kind, instance_id, at, content)
            VALUES (?, ?, ?, ?, ?, ?, ?::jsonb)
            """;

    private static final String MOVE_PROGRESS = "UPDATE live_progress SET last_id = ?";

    private static final String SELECT =
            """
            SELECT id, org_id, seq, kind, instance_id, at, content::text AS content
            FROM live_events WHERE id > ? ORDER BY id LIMIT
            """
                    + AT_ONCE;

    private static final String SELECT_HEADS = "SELECT org_id, seq FROM live_heads";

    private static final String DELETE =
            """
            DELETE FROM live_events AS event USING live_heads AS head
            WHERE event.org_id = head.org_id
              AND (event.published_at < now() - interval '5 minutes' OR event.seq <= head.seq - ?)
            """;

    private final DataSource writer;
    private final List<LiveSource> sources;

    public LiveEventStore(DataSource writer, List<LiveSource> sources) {
        this.writer = writer;
        this.sources = List.copyOf(sources);
    }

    /**
     * Where a reader begins.
     *
     * @param epoch in which numbers mean the same
     * @param heads newest number of each organisation that has one, no newer than the events
     * @param events those that are kept, oldest first
     */
    public record Start(String epoch, Map<UUID, Long> heads, List<LiveEvent> events) {
        public Start {
            heads = Map.copyOf(heads);
            events = List.copyOf(events);
        }
    }

    /**
     * Publishes what is new, unless another process is about it.
     *
     * @return how many events that were
     */
    public int publish() {
        return Transaction.run(
                writer,
                "publishing events",
                connection -> {
                    if (!isOurTurn(connection)) {
                        return 0;
                    }
                    List<LiveSource.Draft> drafts = new ArrayList<>();
                    for (LiveSource source : sources) {
                        drafts.addAll(source.take(connection, AT_ONCE));
                    }
                    if (!drafts.isEmpty()) {
                        insert(connection, drafts);
                    }
                    return drafts.size();
                });
    }

    /** Everything that is kept. */
    public Start start() {
        return Transaction.run(
                writer,
                "reading events",
                connection -> {
                    execute(connection, BEGIN);
                    // The heads first: they may be behind the events, but never ahead of them.
                    Map<UUID, Long> heads = heads(connection);
                    List<LiveEvent> events = new ArrayList<>();
                    List<LiveEvent> page;
                    long cursor = 0;
                    do {
                        page = after(connection, cursor);
                        events.addAll(page);
                        cursor = page.isEmpty() ? cursor : page.getLast().id();
                    } while (page.size() == AT_ONCE);
                    return new Start(epoch(connection), heads, events);
                });
    }

    /** The next events behind an id, at most a thousand. */
    public List<LiveEvent> after(long id) {
        try (Connection connection = writer.getConnection()) {
            return after(connection, id);
        } catch (SQLException e) {
            throw SqlFailure.of("reading events", e);
        }
    }

    /** The epoch of now: another one than before means to begin anew. */
    public String epoch() {
        return Transaction.run(
                writer,
                "reading the epoch of events",
                connection -> {
                    execute(connection, BEGIN);
                    return epoch(connection);
                });
    }

    /** Deletes what is no longer to be kept. */
    public void deleteOld() {
        try (Connection connection = writer.getConnection();
                PreparedStatement delete = connection.prepareStatement(DELETE)) {
            delete.setInt(1, KEPT);
            delete.executeUpdate();
        } catch (SQLException e) {
            throw SqlFailure.of("deleting old events", e);
        }
    }

    private static boolean isOurTurn(Connection connection) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK);
                ResultSet row = lock.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static void insert(Connection connection, List<LiveSource.Draft> drafts)
            throws SQLException {
        Map<UUID, Long> next = new HashMap<>();
        for (LiveSource.Draft draft : drafts) {
            next.merge(draft.organisationId(), 1L, Long::sum);
        }
        for (Map.Entry<UUID, Long> organisation : next.entrySet()) {
            long count = organisation.getValue();
            organisation.setValue(moveHead(connection, organisation.getKey(), count) - count + 1);
        }
        execute(connection, BEGIN);
        long id = lastId(connection);
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (LiveSource.Draft draft : drafts) {
                UUID organisation = draft.organisationId();
                long sequence = next.merge(organisation, 1L, Long::sum) - 1;
                insert.setLong(1, ++id);
                insert.setObject(2, organisation);
                insert.setLong(3, sequence);
                insert.setString(4, draft.kind().label());
                insert.setString(5, draft.instanceId());
                insert.setObject(6, Columns.utc(draft.at()));
                insert.setString(7, draft.content());
                insert.addBatch();
            }
            insert.executeBatch();
        }
        try (PreparedStatement move = connection.prepareStatement(MOVE_PROGRESS)) {
            move.setLong(1, id);
            move.executeUpdate();
        }
    }

    private static long moveHead(Connection connection, UUID organisation, long by)
            throws SQLException {
        try (PreparedStatement move = connection.prepareStatement(MOVE_HEAD)) {
            move.setObject(1, organisation);
            move.setLong(2, by);
            try (ResultSet row = move.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static List<LiveEvent> after(Connection connection, long id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setLong(1, id);
            List<LiveEvent> events = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    events.add(event(row));
                }
            }
            return events;
        }
    }

    private static LiveEvent event(ResultSet row) throws SQLException {
        return new LiveEvent(
                row.getLong("id"),
                row.getObject("org_id", UUID.class),
                row.getLong("seq"),
                LiveEvent.Kind.ofLabel(row.getString("kind")).orElseThrow(),
                row.getString("instance_id"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("content"));
    }

    private static Map<UUID, Long> heads(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_HEADS);
                ResultSet row = select.executeQuery()) {
            Map<UUID, Long> heads = new HashMap<>();
            while (row.next()) {
                heads.put(row.getObject("org_id", UUID.class), row.getLong("seq"));
            }
            return heads;
        }
    }

    private static String epoch(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_PROGRESS);
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getString("epoch");
        }
    }

    private static long lastId(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT_PROGRESS);
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong("last_id");
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.executeUpdate();
        }
    }
}
