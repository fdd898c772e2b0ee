package dev.wolverine.db.model;

import java.time.Instant;

/** A time in which instances may ask to be let in without any credential. */
public record PairingWindow(Instant openedAt, String openedBy, Instant closesAt) {}
