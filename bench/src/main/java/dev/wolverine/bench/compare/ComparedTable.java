package dev.wolverine.bench.compare;

import java.util.List;
import java.util.Set;

/**
 * A table whose rows must be equal on two platforms.
 *
 * @param query its rows with the instance id instead of the surrogate key, ordered by {@code key}
 * @param key columns that name a row
 * @param ignored columns that differ by nature: surrogate keys, our own clock
 */
record ComparedTable(String name, String query, List<String> key, Set<String> ignored) {

    static final List<ComparedTable> ALL =
            List.of(
                    new ComparedTable(
                            "servers",
                            """
                            SELECT s.* FROM servers s
                            ORDER BY s.instance_id COLLATE "C"
                            """,
                            List.of("instance_id"),
                            Set.of("id", "org_id", "first_seen")),
                    new ComparedTable(
                            "server_states",
                            """
                            SELECT s.instance_id, t.* FROM current_states t
                            JOIN servers s ON s.id = t.server_id
                            ORDER BY s.instance_id COLLATE "C"
                            """,
                            List.of("instance_id"),
                            Set.of("server_id", "org_id", "last_seen")),
                    new ComparedTable(
                            "heartbeats",
                            """
                            SELECT s.instance_id, h.* FROM heartbeats h
                            JOIN servers s ON s.id = h.server_id
                            ORDER BY s.instance_id COLLATE "C", h.ts
                            """,
                            List.of("instance_id", "ts"),
                            Set.of("server_id", "received_at")),
                    // The hash stands for the content; which of a day's are stored whole is chance.
                    new ComparedTable(
                            "snapshots",
                            """
                            SELECT s.instance_id, p.* FROM snapshots p
                            JOIN servers s ON s.id = p.server_id
                            ORDER BY s.instance_id COLLATE "C", p.day, p.hash
                            """,
                            List.of("instance_id", "day", "hash"),
                            Set.of("server_id", "base", "content")));
}
