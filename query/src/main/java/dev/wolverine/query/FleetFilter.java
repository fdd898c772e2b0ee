package dev.wolverine.query;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which servers.
 *
 * @param statuses those to show; empty: all
 * @param tags all of which a server has to have; empty: any
 * @param version exactly this; null: any
 * @param text found in name, id, version or word of the status, in any case; empty: any
 * @param archived those that were put away, instead of the others
 */
public record FleetFilter(
        Set<Status> statuses,
        Set<String> tags,
        @Nullable String version,
        String text,
        boolean archived) {

    /** All but those that were put away. */
    public static final FleetFilter ALL = new FleetFilter(Set.of(), Set.of(), null, "", false);

    public FleetFilter {
        statuses = Set.copyOf(statuses);
        tags = Set.copyOf(tags);
        text = text.toLowerCase(Locale.ROOT);
    }

    /** Of those that were put away, or of the others, as the filter says. */
    boolean admits(ServerView view) {
        return (statuses.isEmpty() || statuses.contains(view.status()))
                && (tags.isEmpty() || view.marks().tags().containsAll(tags))
                && (version == null || version.equals(view.state().version()))
                && (text.isEmpty()
                        || contains(view.state().name())
                        || contains(view.state().instanceId())
                        || contains(view.state().version())
                        || view.status().label().contains(text));
    }

    /** Without a copy in lower case: this looks at every server. */
    private boolean contains(@Nullable String field) {
        if (field == null) {
            return false;
        }
        char first = text.charAt(0);
        int last = field.length() - text.length();
        for (int i = 0; i <= last; i++) {
            if (Character.toLowerCase(field.charAt(i)) == first
                    && field.regionMatches(true, i, text, 0, text.length())) {
                return true;
            }
        }
        return false;
    }
}
