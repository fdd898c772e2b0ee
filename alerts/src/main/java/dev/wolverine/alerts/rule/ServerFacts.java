package dev.wolverine.alerts.rule;

import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What rules choose servers by, and people know them by.
 *
 * @param name as the instance calls itself, or its id
 * @param version empty if it is not known
 */
public record ServerFacts(
        int serverId,
        UUID organisationId,
        String instanceId,
        String name,
        String version,
        SortedSet<String> tags) {

    public ServerFacts {
        tags = Collections.unmodifiableSortedSet(new TreeSet<>(tags));
    }

    public ServerFacts withTags(Set<String> now) {
        return new ServerFacts(
                serverId, organisationId, instanceId, name, version, new TreeSet<>(now));
    }
}
