package dev.wolverine.db.ledger;

/**
 * One series of a server's usage.
 *
 * @param key the model, category, tool or provider; of {@link UsageDimension#MODEL_CATEGORY} the
 *     model; empty for totals and repairs
 * @param category of MODEL_CATEGORY, else empty
 */
public record SeriesKey(UsageDimension dimension, String key, String category)
        implements Comparable<SeriesKey> {

    public static final SeriesKey TOTAL = new SeriesKey(UsageDimension.TOTAL, "", "");
    public static final SeriesKey REPAIRS = new SeriesKey(UsageDimension.REPAIRS, "", "");

    @Override
    public int compareTo(SeriesKey other) {
        int order = dimension.compareTo(other.dimension);
        if (order == 0) {
            order = key.compareTo(other.key);
        }
        return order == 0 ? category.compareTo(other.category) : order;
    }

    @Override
    public String toString() {
        return dimension
                + (key.isEmpty() ? "" : " " + key)
                + (category.isEmpty() ? "" : " / " + category);
    }
}
