package dev.wolverine.db.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instance id under which several runners beat.
 *
 * @param runners how many beat beside each other, as their start times tell
 * @param keyIds live keys of this instance alone that were used in the last ten minutes, oldest
 *     first
 */
public record Collision(
        String instanceId,
        @Nullable String name,
        int runners,
        Instant lastSeen,
        List<String> keyIds) {}
