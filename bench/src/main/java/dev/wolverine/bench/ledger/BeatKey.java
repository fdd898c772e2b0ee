package dev.wolverine.bench.ledger;

/**
 * One heartbeat by its key.
 *
 * @param timestamp the client's clock, milliseconds since the epoch
 */
public record BeatKey(String instanceId, long timestamp) {}
