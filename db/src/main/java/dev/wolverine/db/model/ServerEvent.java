package dev.wolverine.db.model;

import java.time.Instant;
import java.util.Map;

/**
 * Something that happened to a server, as its timeline tells it.
 *
 * @param at client time; of a gap its begin
 * @param detail JSON values by name; which, depends on the kind
 */
public record ServerEvent(Instant at, Kind kind, Map<String, Object> detail) {

    /** What happened; the label is the word of the API. */
    public enum Kind {
        STATUS("status"),
        RESTART("restart"),
        VERSION("version"),
        REPAIR("repair"),
        BACKUP("backup"),
        ADJUSTMENT("adjustment"),
        GAP("gap");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }
}
