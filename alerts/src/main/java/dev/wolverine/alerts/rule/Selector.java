package dev.wolverine.alerts.rule;

import java.util.List;

/**
 * Whom a rule looks at. Every part that is not empty has to say yes; an empty one says nothing.
 *
 * @param tags any of these
 * @param withoutTags none of these
 * @param servers instance ids or names; `*` stands for any characters
 */
public record Selector(List<String> tags, List<String> withoutTags, List<String> servers) {

    public static final Selector ALL = new Selector(List.of(), List.of(), List.of());

    public Selector {
        tags = List.copyOf(tags);
        withoutTags = List.copyOf(withoutTags);
        servers = List.copyOf(servers);
    }

    public boolean selects(ServerFacts server) {
        return (tags.isEmpty() || tags.stream().anyMatch(server.tags()::contains))
                && withoutTags.stream().noneMatch(server.tags()::contains)
                && (servers.isEmpty()
                        || servers.stream()
                                .anyMatch(pattern ->
                                        Wildcard.matches(pattern, server.instanceId())
                                                || Wildcard.matches(pattern, server.name())));
    }
}
