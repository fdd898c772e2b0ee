package dev.wolverine.db.model;

import java.util.UUID;

/** Whose fleet it is: nothing of one organisation is seen by another. */
public record Organisation(UUID id, String name) {}
