package dev.wolverine.query;

import java.util.List;
import java.util.Map;

/**
 * One page of a sorted and filtered fleet.
 *
 * @param total servers that the filter lets through
 * @param counts of the whole organisation by status, every status named
 */
public record FleetPage(List<ServerView> servers, int total, Map<Status, Integer> counts) {}
