package dev.wolverine.db.postgres;

import dev.wolverine.db.StorageException;
import dev.wolverine.db.model.StorageLayout;
import dev.wolverine.db.model.StorageSize;
import dev.wolverine.db.model.StoredPart;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;

/** Reads how large what is stored is. Looks at every partition: milliseconds for a thousand. */
public final class SelectStorage {

    private static final String SELECT =
            """
            SELECT pg_database_size(current_database()) AS bytes, (SELECT min(first_seen) FROM servers) AS first_seen
            """;

    private static final String SELECT_PARTITIONS =
            """
            SELECT parent.relname AS parent, child.relname AS child, pg_total_relation_size(child.oid) AS bytes
            FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid JOIN pg_class parent ON parent.oid = inhparent
            WHERE parent.relkind = 'p' AND child.relkind = 'r' AND parent.relnamespace = 'public'::regnamespace
            """;

    private static final String SELECT_CHUNKS =
            """
            SELECT range_start, range_end, is_compressed, total_bytes
            FROM timescaledb_information.chunks JOIN chunks_detailed_size('heartbeats') USING (chunk_schema, chunk_name)
            WHERE hypertable_schema = 'public' AND hypertable_name = 'heartbeats'
            """;

    private final DataSource owner;

    public SelectStorage(DataSource owner) {
        this.owner = owner;
    }

    /**
     * Asks the database.
     *
     * @throws StorageException if it does not answer
     */
    public StorageSize execute() {
        try (Connection connection = owner.getConnection();
                Statement select = connection.createStatement()) {
            StorageLayout layout = SelectLayout.execute(connection);
            List<StoredPart> parts = new ArrayList<>();
            try (ResultSet row = select.executeQuery(SELECT_PARTITIONS)) {
                while (row.next()) {
                    parts.add(partition(row));
                }
            }
            if (layout.kind() == StorageLayout.Kind.TIMESCALE) {
                try (ResultSet row = select.executeQuery(SELECT_CHUNKS)) {
                    while (row.next()) {
                        parts.add(chunk(row));
                    }
                }
            }
            try (ResultSet row = select.executeQuery(SELECT)) {
                row.next();
                Optional<Instant> firstSeen =
                        Optional.ofNullable(Columns.instant(row, "first_seen"));
                return new StorageSize(layout, row.getLong("bytes"), List.copyOf(parts), firstSeen);
            }
        } catch (SQLException e) {
            throw SqlFailure.of("measuring what is stored", e);
        }
    }

    private static StoredPart partition(ResultSet row) throws SQLException {
        String name = row.getString("child");
        return new StoredPart(
                row.getString("parent"),
                PartitionPeriod.startsAt(name),
                PartitionPeriod.endsAt(name),
                row.getLong("bytes"),
                false);
    }

    private static StoredPart chunk(ResultSet row) throws SQLException {
        return new StoredPart(
                "heartbeats",
                Objects.requireNonNull(Columns.instant(row, "range_start")),
                Objects.requireNonNull(Columns.instant(row, "range_end")),
                row.getLong("total_bytes"),
                row.getBoolean("is_compressed"));
    }
}
