package dev.wolverine.db.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What people say of a server.
 *
 * @param tags in order, each once, at most {@link #MAX_TAGS}
 * @param archivedAt when it was put away; null: never, or taken back
 */
public record ServerMarks(List<String> tags, @Nullable Instant archivedAt) {

    public static final int MAX_TAGS = 20;

    /** Of a server of which nobody has said anything. */
    public static final ServerMarks NONE = new ServerMarks(List.of(), null);

    public ServerMarks {
        tags = List.copyOf(tags);
    }
}
