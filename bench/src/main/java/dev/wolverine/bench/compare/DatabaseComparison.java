package dev.wolverine.bench.compare;

import dev.wolverine.bench.compare.TableRows.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares what two platforms have stored, field by field; rows find each other by instance id and
 * key.
 */
public final class DatabaseComparison {
    private static final int LONGEST_VALUE = 160;

    private final Connection left;
    private final Connection right;
    private final Consumer<String> onDifference;

    /**
     * @param onDifference gets each difference as {@code table[key].column: left <> right}
     */
    public DatabaseComparison(Connection left, Connection right, Consumer<String> onDifference) {
        this.left = left;
        this.right = right;
        this.onDifference = onDifference;
    }

    /** Compares everything. Returns the number of rows compared, by table. */
    public Map<String, Long> run() throws SQLException {
        Map<String, Long> compared = new LinkedHashMap<>();
        for (ComparedTable table : ComparedTable.ALL) {
            try (TableRows ours = new TableRows(left, table);
                    TableRows theirs = new TableRows(right, table)) {
                compared.put(table.name(), compare(table, ours, theirs));
            }
        }
        return compared;
    }

    private long compare(ComparedTable table, TableRows ours, TableRows theirs)
            throws SQLException {
        long compared = 0;
        @Nullable Row one = ours.next();
        @Nullable Row other = theirs.next();
        while (one != null || other != null) {
            int order = order(one, other);
            if (order == 0 && one != null && other != null) {
                compared++;
                compareValues(table, one, other);
            } else {
                Row alone = Objects.requireNonNull(order < 0 ? one : other);
                onDifference.accept(
                        "%s%s: only in the %s database"
                                .formatted(
                                        table.name(), alone.key(), order < 0 ? "first" : "second"));
            }
            one = order <= 0 ? ours.next() : one;
            other = order >= 0 ? theirs.next() : other;
        }
        return compared;
    }

    private static int order(@Nullable Row one, @Nullable Row other) {
        if (one == null || other == null) {
            return one == null ? 1 : -1;
        }
        return one.compareKey(other);
    }

    private void compareValues(ComparedTable table, Row one, Row other) {
        Set<String> columns = new LinkedHashSet<>(one.values().keySet());
        columns.addAll(other.values().keySet());
        for (String column : columns) {
            @Nullable String ours = one.values().get(column);
            @Nullable String theirs = other.values().get(column);
            if (!Objects.equals(ours, theirs)) {
                onDifference.accept(
                        "%s%s.%s: %s <> %s"
                                .formatted(
                                        table.name(),
                                        one.key(),
                                        column,
                                        shortened(ours),
                                        shortened(theirs)));
            }
        }
    }

    private static String shortened(@Nullable String value) {
        if (value == null || value.length() <= LONGEST_VALUE) {
            return String.valueOf(value);
        }
        return value.substring(0, LONGEST_VALUE) + ".. (" + value.length() + " characters)";
    }
}
