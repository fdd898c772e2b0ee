package dev.wolverine.db.model;

import java.util.UUID;

/**
 * What is remembered of a server to judge it by, as stored. Nobody writes into the state.
 *
 * @param covers all commits with smaller transactions are in it
 * @param state about two kilobytes at most
 */
public record DetectorState(int serverId, UUID organisationId, long covers, byte[] state) {}
