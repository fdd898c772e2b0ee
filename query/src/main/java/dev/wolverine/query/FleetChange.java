package dev.wolverine.query;

import java.util.List;
import java.util.UUID;

/**
 * Servers whose view changed together.
 *
 * @param sequence counts the changes of one organisation on this node, by one
 * @param heartbeat whether new beats caused it, rather than time passing
 */
public record FleetChange(
        UUID organisationId, long sequence, boolean heartbeat, List<ServerView> servers) {}
