package dev.wolverine.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wolverine.db.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A login of Grafana sees the views, of its own organisation, and cannot help it. */
class GrafanaViewsIT {

    private static final String LOGIN =
            "grafana_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);

    private static final String OURS = UUID.randomUUID().toString();
    private static final String THEIRS = UUID.randomUUID().toString();

    private static TestDatabase testDatabase;
    private static Database database;

    @BeforeAll
    static void start() throws SQLException {
        testDatabase = TestDatabase.migrated();
        database = new Database(testDatabase.config());
        try (Connection owner = database.owner().getConnection();
                Statement statement = owner.createStatement()) {
            statement.execute("SET ROLE wolverine_writer");
            for (String organisation : List.of(OURS, THEIRS)) {
                statement.execute(
                        """
                        INSERT INTO organisations (id, name) VALUES ('%1$s', '%1$s');
                        INSERT INTO servers (org_id, instance_id, first_seen) VALUES ('%1$s', 'wlv_%1$s', now());
                        INSERT INTO server_states (server_id, org_id, last_seen, ts, snapshot_hash, status, flags)
                        SELECT id, org_id, now(), now(), 0, 1, 0 FROM servers WHERE org_id = '%1$s';
                        INSERT INTO uptime_hourly (hour, server_id, beats, alive_ms, late_ms, serving_ms, alive_blind_ms)
                        SELECT date_trunc('hour', now()), id, 1, 60000, 0, 60000, 0 FROM servers WHERE org_id = '%1$s';
                        INSERT INTO usage_series (org_id, dimension, key, category) VALUES ('%1$s', 1, 'opus', '');
                        INSERT INTO fleet_usage (org_id, bucket, series_id, dimension, servers, input_tokens, output_tokens, tokens, calls, cost_micros,
                            cache_creation_tokens, cache_read_tokens, cache_savings_micros, successes, failures, estimated_cost_micros)
                        SELECT org_id, now(), id, 1, 1, 1, 1, 2, 1, 1500000, 0, 0, 0, 1, 0, 0 FROM usage_series WHERE org_id = '%1$s';
                        INSERT INTO budgets (org_id, name, scope, selector, period, zone, limit_micros, thresholds, forecast, created_at, created_by)
                        VALUES ('%1$s', 'of %1$s', 'organisation', '', 'day', 'UTC', 0, '{100}', true, now(), 'x')
                        """
                                .formatted(organisation));
            }
            statement.execute("RESET ROLE");
            statement.execute(
                    "INSERT INTO grafana.logins VALUES ('" + LOGIN + "', '" + OURS + "')");
        }
        administer("CREATE ROLE " + LOGIN + " LOGIN IN ROLE wolverine_grafana");
    }

    @AfterAll
    static void stop() throws SQLException {
        administer("DROP ROLE " + LOGIN);
        database.close();
        testDatabase.close();
    }

    @Test
    void itSeesItsOwnOrganisationInEveryView() throws SQLException {
        assertThat(asLogin("SELECT cost FROM grafana.usage WHERE dimension = 'model'"))
                .containsExactly("1.5000000000000000");
        assertThat(asLogin("SELECT instance_id FROM grafana.servers"))
                .containsExactly("wlv_" + OURS);
        assertThat(asLogin("SELECT instance_id FROM grafana.uptime"))
                .containsExactly("wlv_" + OURS);
        assertThat(asLogin("SELECT instance_id FROM grafana.restarts")).isEmpty();
        assertThat(asLogin("SELECT name FROM grafana.budgets")).containsExactly("of " + OURS);
    }

    @Test
    void noSettingShowsAnotherOne() throws SQLException {
        assertThat(
                        asLogin(
                                "SET app.org_id = '"
                                        + THEIRS
                                        + "'; SELECT instance_id FROM grafana.servers"))
                .containsExactly("wlv_" + OURS);
    }

    @Test
    void whatLiesBeneathTheViewsIsNotItsToRead() {
        for (String table :
                List.of(
                        "servers",
                        "fleet_usage",
                        "uptime_hourly",
                        "heartbeats",
                        "keys",
                        "grafana.logins")) {
            assertThatThrownBy(() -> asLogin("SELECT * FROM " + table))
                    .as(table)
                    .hasMessageContaining("permission denied");
        }
        assertThatThrownBy(() -> asLogin("DELETE FROM grafana.logins"))
                .hasMessageContaining("permission denied");
    }

    private static List<String> asLogin(String sql) throws SQLException {
        var config = testDatabase.administration();
        try (Connection connection =
                        DriverManager.getConnection(
                                config.url(), config.user(), config.password());
                Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION AUTHORIZATION " + LOGIN);
            boolean isRows = statement.execute(sql);
            while (!isRows && statement.getUpdateCount() >= 0) {
                isRows = statement.getMoreResults();
            }
            List<String> found = new ArrayList<>();
            try (ResultSet rows = statement.getResultSet()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
            return found;
        }
    }

    private static void administer(String sql) throws SQLException {
        var config = testDatabase.administration();
        try (Connection connection =
                        DriverManager.getConnection(
                                config.url(), config.user(), config.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
