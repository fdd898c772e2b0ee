package dev.wolverine.db.postgres;

import java.util.Map;
import org.jspecify.annotations.NullUnmarked;

/** What a row of `snapshots` stands for, in tests that read the tables. */
@NullUnmarked
public final class WholeSnapshot {

    /** Columns of the snapshot of a beat `h`, for {@link #takeFrom}. */
    public static final String COLUMNS = "p.content, base.content AS base_content, h.snapshot_hash";

    /** Joins them to beats `h`. */
    public static final String JOIN =
            """
            JOIN snapshots p ON p.server_id = h.server_id AND p.hash = h.snapshot_hash
                AND p.day = (h.ts AT TIME ZONE 'UTC')::date
            LEFT JOIN snapshots base ON base.server_id = p.server_id AND base.hash = p.base AND base.day = p.day
            """;

    private WholeSnapshot() {}

    /** Takes these columns out of a row; returns the encoded snapshot. */
    public static byte[] takeFrom(Map<String, Object> row) {
        byte[] content = (byte[]) row.remove("content");
        byte[] base = (byte[]) row.remove("base_content");
        long hash = (Long) row.remove("snapshot_hash");
        return base == null ? content : SnapshotPacking.unpack(content, base, hash);
    }
}
