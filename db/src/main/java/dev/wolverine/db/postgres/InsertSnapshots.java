package dev.wolverine.db.postgres;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.wolverine.db.model.Heartbeat;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stores each snapshot once a server and UTC day: the first that this writer stores of them whole,
 * the others as what differs from it. Bounded caches remember what is stored last, and the whole
 * ones; what they have forgotten is merely stored whole again. For one thread.
 */
final class InsertSnapshots {

    private static final long SECONDS_OF_A_DAY = 86_400;

    /** Of a whole snapshot, usually. */
    private static final long USUAL_BYTES = 2_048;

    static final String STAGING =
            "CREATE TEMP TABLE IF NOT EXISTS staged_snapshots (LIKE snapshots) ON COMMIT DELETE ROWS";

    /** What others may refer to is whole, and stays so. */
    private static final String INSERT =
            """
            INSERT INTO snapshots AS stored (day, server_id, hash, base, content)
            SELECT day, server_id, hash, base, content FROM staged_snapshots
            ON CONFLICT (server_id, day, hash) DO UPDATE SET base = NULL, content = excluded.content
            WHERE stored.base IS NOT NULL AND excluded.base IS NULL
            """;

    private final Cache<Integer, Base> bases;
    private final SnapshotPacking packing = new SnapshotPacking();
    private final BinaryCopy copy = new BinaryCopy();

    /** A whole snapshot. */
    private record Base(long day, long hash, byte[] content) {}

    /** What a transaction stored whole, by server. */
    static final class Stored {
        private final Map<Integer, Base> bases = new HashMap<>();
    }

    /**
     * @param maxServers whose whole snapshots are remembered, if they are of the usual size
     */
    InsertSnapshots(int maxServers) {
        bases =
                Caffeine.newBuilder()
                        .maximumWeight(maxServers * USUAL_BYTES)
                        .weigher((Integer _, Base base) -> base.content().length)
                        .build();
    }

    /** Stores the snapshots of the changed beats that are not known to be there. */
    Stored execute(Connection connection, List<ServerBeats> servers) throws SQLException {
        copy.clear();
        Stored result = new Stored();
        int rows = 0;
        for (ServerBeats server : servers) {
            List<Heartbeat> changed = server.changed();
            for (int i = 0; i < changed.size(); i++) {
                Heartbeat beat = changed.get(i);
                if (!isThere(server.known().snapshot(), beat) && isFirst(changed, i)) {
                    stage(server.serverId(), of(beat), beat.snapshot(), result);
                    rows++;
                }
            }
        }
        if (rows > 0) {
            copy.send(connection, "staged_snapshots (day, server_id, hash, base, content)");
            try (Statement insert = connection.createStatement()) {
                insert.executeUpdate(INSERT);
            }
        }
        return result;
    }

    private static boolean isThere(KnownServer.@Nullable StoredSnapshot stored, Heartbeat beat) {
        return stored != null
                && stored.hash() == beat.snapshotHash()
                && stored.day() == epochDay(beat);
    }

    /** Whether no beat before has the same snapshot. */
    private static boolean isFirst(List<Heartbeat> changed, int index) {
        Heartbeat beat = changed.get(index);
        for (int i = 0; i < index; i++) {
            if (changed.get(i).snapshotHash() == beat.snapshotHash()
                    && epochDay(changed.get(i)) == epochDay(beat)) {
                return false;
            }
        }
        return true;
    }

    /** To be called once the transaction is known to be committed. */
    void remember(Stored stored) {
        bases.putAll(stored.bases);
    }

    private void stage(
            int serverId, KnownServer.StoredSnapshot snapshot, byte[] content, Stored result) {
        Base base = result.bases.get(serverId);
        if (base == null) {
            base = bases.getIfPresent(serverId);
        }
        byte[] packed =
                base != null && base.day() == snapshot.day() && base.hash() != snapshot.hash()
                        ? packing.pack(content, base.content()).orElse(null)
                        : null;
        copy.row(5);
        copy.date(snapshot.day());
        copy.int4(serverId);
        copy.int8(snapshot.hash());
        if (base != null && packed != null) {
            copy.int8(base.hash());
            copy.bytea(packed);
        } else {
            copy.int8OrNull(null);
            copy.bytea(content);
            result.bases.put(serverId, new Base(snapshot.day(), snapshot.hash(), content));
        }
    }

    /** What is stored of a beat's snapshot. */
    static KnownServer.StoredSnapshot of(Heartbeat beat) {
        return new KnownServer.StoredSnapshot(epochDay(beat), beat.snapshotHash());
    }

    /** UTC. */
    static LocalDate day(Heartbeat heartbeat) {
        return LocalDate.ofEpochDay(epochDay(heartbeat));
    }

    /** UTC, since 1970. */
    static long epochDay(Heartbeat heartbeat) {
        return Math.floorDiv(heartbeat.timestamp().getEpochSecond(), SECONDS_OF_A_DAY);
    }
}
