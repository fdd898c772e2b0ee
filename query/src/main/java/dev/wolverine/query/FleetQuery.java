package dev.wolverine.query;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which servers, in which order.
 *
 * @param statuses those to show; empty: all
 * @param text found in name, id or version, in any case; empty: all
 * @param sort column
 * @param descending turns the order round; ties are always by name, then id
 * @param offset 0 to 10,000
 * @param limit 1 to 1,000
 */
public record FleetQuery(
        Set<Status> statuses, String text, Sort sort, boolean descending, int offset, int limit) {

    public FleetQuery {
        statuses = Set.copyOf(statuses);
        if (offset < 0 || offset > 10_000) {
            throw new IllegalArgumentException("offset: " + offset + " (expected: 0 to 10000)");
        }
        if (limit < 1 || limit > 1_000) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: 1 to 1000)");
        }
    }

    /** The worst server: for who wants the counts. */
    public static FleetQuery first() {
        return new FleetQuery(Set.of(), "", Sort.STATUS, false, 0, 1);
    }

    /** Columns; the word of the API is the camel-case name. STATUS is worst first. */
    public enum Sort {
        STATUS("status"),
        NAME("name"),
        VERSION("version"),
        LAST_SEEN("lastSeen"),
        UPTIME("uptime"),
        MEMORY("memory"),
        CPU("cpu"),
        REPAIRS("repairs"),
        COST("cost"),
        TOKENS("tokens");

        private final String label;

        Sort(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }

        public static Sort ofLabel(String label) {
            for (Sort sort : values()) {
                if (sort.label.equals(label)) {
                    return sort;
                }
            }
            String words =
                    Arrays.stream(values()).map(Sort::label).collect(Collectors.joining(", "));
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "sort: %s (expected: one of %s)", label, words));
        }
    }
}
