package dev.wolverine.db.postgres;

import dev.wolverine.db.model.StorageLayout;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/** Reads which layout the database has: one row, written by the migration that chose it. */
final class SelectLayout {

    private static final String SELECT = "SELECT layout, columnstore, reason FROM storage_layout";

    private SelectLayout() {}

    static StorageLayout execute(Connection connection) throws SQLException {
        try (Statement select = connection.createStatement();
                ResultSet row = select.executeQuery(SELECT)) {
            if (!row.next()) {
                throw new SQLException("the database does not say which layout it has");
            }
            return new StorageLayout(
                    StorageLayout.Kind.valueOf(row.getString("layout").toUpperCase(Locale.ROOT)),
                    row.getBoolean("columnstore"),
                    row.getString("reason"));
        }
    }
}
