package dev.wolverine.bench.compare;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows of one table, one after the other. For one thread. */
final class TableRows implements AutoCloseable {
    private static final int FETCH_SIZE = 2000;

    private final ComparedTable table;
    private final PreparedStatement statement;
    private final ResultSet rows;

    TableRows(Connection connection, ComparedTable table) throws SQLException {
        this.table = table;
        connection.setAutoCommit(false);
        statement = connection.prepareStatement(table.query());
        statement.setFetchSize(FETCH_SIZE);
        rows = statement.executeQuery();
    }

    /** The next row, or null after the last. */
    @Nullable Row next() throws SQLException {
        if (!rows.next()) {
            return null;
        }
        List<Object> key = new ArrayList<>();
        for (String column : table.key()) {
            key.add(keyPart(column));
        }
        Map<String, @Nullable String> values = new LinkedHashMap<>();
        ResultSetMetaData columns = rows.getMetaData();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            String name = columns.getColumnName(i);
            if (!table.ignored().contains(name) && !table.key().contains(name)) {
                values.put(name, text(i, columns.getColumnType(i)));
            }
        }
        return new Row(key, values);
    }

    private Object keyPart(String column) throws SQLException {
        Object value = rows.getObject(column);
        return value instanceof Timestamp time ? time.toInstant() : value;
    }

    private @Nullable String text(int index, int type) throws SQLException {
        if (type == Types.BINARY) {
            byte[] bytes = rows.getBytes(index);
            return bytes == null ? null : HexFormat.of().formatHex(bytes);
        }
        return rows.getString(index);
    }

    @Override
    public void close() throws SQLException {
        rows.close();
        statement.close();
    }

    /** One row: what names it, and its other columns as text. */
    record Row(List<Object> key, Map<String, @Nullable String> values) {

        /** Orders as the query does. */
        int compareKey(Row other) {
            for (int i = 0; i < key.size(); i++) {
                int order = compare(key.get(i), other.key.get(i));
                if (order != 0) {
                    return order;
                }
            }
            return 0;
        }

        @SuppressWarnings("unchecked")
        private static int compare(Object one, Object other) {
            return ((Comparable<Object>) one).compareTo(other);
        }
    }
}
