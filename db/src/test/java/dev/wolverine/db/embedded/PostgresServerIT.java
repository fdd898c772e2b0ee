package dev.wolverine.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.DatabaseConfig;
import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.postgres.Database;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresServerIT {

    @ParameterizedTest
    @CsvSource({
        "fsync, on",
        "synchronous_commit, on",
        "full_page_writes, on",
        "data_checksums, on",
        "listen_addresses, 127.0.0.1",
        "password_encryption, scram-sha-256",
        "log_timezone, UTC",
        "server_encoding, UTF8",
    })
    void runsWith(String setting, String value) throws SQLException {
        try (TestDatabase database = TestDatabase.create()) {
            assertThat(ask(database.config(), "SHOW " + setting)).isEqualTo(value);
        }
    }

    @Test
    void ownerIsNoSuperuserAndMayCreateRoles() throws SQLException {
        try (TestDatabase database = TestDatabase.create()) {
            assertThat(
                            ask(
                                    database.config(),
                                    "SELECT rolsuper || ' ' || rolcreaterole FROM pg_roles"
                                            + " WHERE rolname = current_user"))
                    .isEqualTo("false true");
        }
    }

    @Test
    void ownerMigratesAndTakesOnTheGroupRoles() throws SQLException {
        try (TestDatabase first = TestDatabase.create();
                TestDatabase second = TestDatabase.create()) {
            migrate(first.config());
            migrate(second.config());

            assertThat(ask(second.config(), "SET ROLE wolverine_writer; SELECT count(*) FROM keys"))
                    .isEqualTo("0");
            assertThat(ask(second.config(), "SET ROLE wolverine_reader; SELECT current_user"))
                    .isEqualTo("wolverine_reader");
        }
    }

    private static void migrate(DatabaseConfig database) {
        try (Database connections = new Database(database)) {
            connections.migrate();
        }
    }

    private static String ask(DatabaseConfig database, String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(
                                database.url(), database.user(), database.password());
                var statement = connection.createStatement()) {
            boolean rows = statement.execute(sql);
            while (!rows) {
                rows = statement.getMoreResults();
            }
            try (ResultSet result = statement.getResultSet()) {
                result.next();
                return result.getString(1);
            }
        }
    }
}
