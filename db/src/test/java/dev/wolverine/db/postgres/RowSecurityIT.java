package dev.wolverine.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the role that answers questions sees of the tables, whatever a question forgets to say. */
class RowSecurityIT {

    /**
     * What it may read that belongs to no organisation, or to a server that was resolved inside
     * one.
     */
    private static final Map<String, String> WITHOUT_ORGANISATION =
            Map.ofEntries(
                    Map.entry("blind_windows", "when the platform itself was away"),
                    Map.entry("storage_layout", "how beats are laid out"),
                    Map.entry("uptime_progress", "how far hours are counted"),
                    Map.entry("fleet_usage_progress", "how far fleets are added up"),
                    Map.entry("heartbeats", "by server"),
                    Map.entry("snapshots", "by server"),
                    Map.entry("uptime_hourly", "by server"),
                    Map.entry("usage_facts", "by server"),
                    Map.entry("usage_adjustments", "by server"),
                    Map.entry("repairs", "by server"),
                    Map.entry("restarts", "by server"),
                    Map.entry("status_log", "by server"));

    private static final String OURS = UUID.randomUUID().toString();
    private static final String THEIRS = UUID.randomUUID().toString();

    private static TestDatabase testDatabase;
    private static Database database;

    @BeforeAll
    static void start() throws SQLException {
        testDatabase = TestDatabase.migrated();
        database = new Database(testDatabase.config());
        for (String organisation : List.of(OURS, THEIRS)) {
            as(
                    "wolverine_writer",
                    "",
                    """
                    INSERT INTO organisations (id, name) VALUES ('%1$s', '%1$s');
                    INSERT INTO servers (org_id, instance_id, first_seen) VALUES ('%1$s', 'wlv_a', now());
                    INSERT INTO audit_heads (org_id, seq, hash) VALUES ('%1$s', 0, '');
                    INSERT INTO pairing_windows (org_id, opened_at, opened_by, closes_at) VALUES ('%1$s', now(), 'x', now());
                    INSERT INTO heartbeat_quarantine (org_id, instance_id, received_at, reason, detail, content_type, body_hash, body)
                    VALUES ('%1$s', 'wlv_a', now(), 'too_old', '', '', '', '');
                    SELECT 1
                    """
                            .formatted(organisation));
        }
    }

    @AfterAll
    static void stop() {
        database.close();
        testDatabase.close();
    }

    @Test
    void everyTableOfAnOrganisationForcesIt() throws SQLException {
        assertThat(tables())
                .as("tables with an organisation")
                .contains("servers", "server_states", "keys", "sessions", "audit_log", "links");
        assertThat(
                        owner(
                                """
                                SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                                WHERE c.relkind IN ('r', 'p') AND a.attname = 'org_id' AND c.relnamespace = 'public'::regnamespace
                                  AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
                                """))
                .as("tables with an organisation and without forced row security")
                .isEmpty();
        Map<String, List<String>> policies = new TreeMap<>();
        for (String table : tables()) {
            policies.put(
                    table,
                    owner(
                            "SELECT policyname || ' to ' || array_to_string(roles, ',') FROM pg_policies WHERE tablename = '"
                                    + table
                                    + "' ORDER BY 1"));
        }
        assertThat(policies)
                .allSatisfy((table, found) ->
                        assertThat(found)
                                .as(table)
                                .containsExactly(
                                        "every_organisation to wolverine_writer",
                                        "own_organisation to wolverine_reader"));
    }

    @Test
    void nobodyWhoWorksHereStandsAboveIt() throws SQLException {
        assertThat(
                        owner(
                                """
                                SELECT rolname FROM pg_roles WHERE rolname IN ('wolverine_reader', 'wolverine_writer')
                                  AND NOT rolbypassrls AND NOT rolsuper AND NOT rolcanlogin
                                """))
                .hasSize(2);
        assertThat(
                        owner(
                                """
                                SELECT relname FROM pg_class
                                WHERE pg_get_userbyid(relowner) IN ('wolverine_reader', 'wolverine_writer')
                                """))
                .as("tables that they own, and whose rules they could change")
                .isEmpty();
        assertThat(
                        owner(
                                """
                                SELECT relname FROM pg_class
                                WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace
                                  AND NOT coalesce(reloptions @> '{security_invoker=true}', false)
                                """))
                .as("views that would look with their owner's eyes")
                .isEmpty();
    }

    @Test
    void aReaderSeesItsOrganisationAndNothingWithoutOne() throws SQLException {
        int seen = 0;
        for (String table : readable()) {
            if (!tables().contains(table)) {
                assertThat(WITHOUT_ORGANISATION).as("readable by all").containsKey(table);
                continue;
            }
            String count = "SELECT count(*) FROM " + table;
            assertThat(as("wolverine_reader", "", count)).as(table).containsExactly("0");
            String distinct = "SELECT DISTINCT org_id::text FROM " + table;
            assertThat(as("wolverine_reader", OURS, distinct)).as(table).isSubsetOf(OURS);
            seen += as("wolverine_reader", OURS, distinct).size();
        }
        assertThat(seen).as("tables in which there was something to see").isPositive();
        assertThat(as("wolverine_reader", THEIRS, "SELECT org_id::text FROM servers"))
                .containsExactly(THEIRS);
    }

    /** Those with an organisation. */
    private static List<String> tables() throws SQLException {
        return owner(
                """
                SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attname = 'org_id'
                  AND c.relnamespace = 'public'::regnamespace
                """);
    }

    private static List<String> readable() throws SQLException {
        return owner(
                """
                SELECT relname FROM pg_class
                WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
                  AND has_any_column_privilege('wolverine_reader', oid, 'SELECT')
                """);
    }

    private static List<String> owner(String sql) throws SQLException {
        return query(database, "", sql);
    }

    private static List<String> as(String role, String organisation, String sql)
            throws SQLException {
        return query(
                database,
                "SET LOCAL ROLE "
                        + role
                        + "; SELECT set_config('app.org_id', '"
                        + organisation
                        + "', true);",
                sql);
    }

    /** The first column of the last statement's rows. */
    private static List<String> query(Database database, String before, String sql)
            throws SQLException {
        try (Connection connection = database.owner().getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                if (!before.isEmpty()) {
                    statement.execute(before);
                }
                List<String> texts = new ArrayList<>();
                boolean rows = statement.execute(sql);
                while (!rows && statement.getUpdateCount() >= 0) {
                    rows = statement.getMoreResults();
                }
                try (ResultSet result = statement.getResultSet()) {
                    while (result.next()) {
                        texts.add(result.getString(1));
                    }
                }
                connection.commit();
                return texts;
            }
        }
    }
}
