package dev.wolverine.db.model;

import org.jspecify.annotations.Nullable;

/**
 * An instance that asks to be let in.
 *
 * @param instanceId 1 to 128 printable ASCII characters; its word, nothing is proved by it
 * @param name what it calls itself, at most 128 characters that can be stored
 * @param address where it asks from: a literal IP address
 */
public record Registration(String instanceId, @Nullable String name, String address) {}
