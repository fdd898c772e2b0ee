package dev.wolverine.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NullUnmarked
class UpdatePlatformAliveIT {

    private final TestDatabase testDatabase = TestDatabase.migrated();
    private final Database database = new Database(testDatabase.config());
    private final UpdatePlatformAlive alive = new UpdatePlatformAlive(database.writer());

    @BeforeEach
    void begin() throws SQLException {
        lastBeat("now()");
    }

    @AfterEach
    void close() {
        database.close();
        testDatabase.close();
    }

    @Test
    void aShortSilenceIsNoOutage() throws SQLException {
        lastBeat("now() - interval '25 seconds'");
        assertThat(alive.execute()).isFalse();
        assertThat(ask("SELECT count(*) FROM blind_windows")).isEqualTo("0");
        assertThat(ask("SELECT now() - alive_at < interval '5 seconds' FROM platform_alive"))
                .isEqualTo("t");
    }

    @Test
    void aLongSilenceIsABlindWindowFromTheLastBeatToThisOne() throws SQLException {
        lastBeat("date_trunc('milliseconds', now()) - interval '10 minutes'");
        String last = ask("SELECT alive_at FROM platform_alive");
        assertThat(alive.execute()).isTrue();
        assertThat(alive.execute()).isFalse();
        assertThat(ask("SELECT began FROM blind_windows")).isEqualTo(last);
        assertThat(
                        ask(
                                "SELECT ended = alive_at OR ended < alive_at FROM blind_windows, platform_alive"))
                .isEqualTo("t");
    }

    @Test
    void ofManyProcessesThatReturnAtOnceOneRecordsTheOutage() throws Exception {
        int rounds = 20;
        try (ExecutorService processes = Executors.newFixedThreadPool(4)) {
            for (int round = 0; round < rounds; round++) {
                execute("DELETE FROM blind_windows");
                lastBeat("now() - interval '1 minute'");
                List<Future<Boolean>> ended = new ArrayList<>();
                for (int process = 0; process < 4; process++) {
                    ended.add(processes.submit(alive::execute));
                }
                int windows = 0;
                for (Future<Boolean> one : ended) {
                    windows += one.get() ? 1 : 0;
                }
                assertThat(windows).isEqualTo(1);
            }
        }
    }

    @Test
    void aClockThatGoesBackEndsNoOutageTwice() throws SQLException {
        lastBeat("now() + interval '1 hour'");
        String last = ask("SELECT alive_at FROM platform_alive");
        assertThat(alive.execute()).isFalse();
        assertThat(ask("SELECT alive_at FROM platform_alive")).isEqualTo(last);
    }

    private void lastBeat(String at) throws SQLException {
        execute("UPDATE platform_alive SET alive_at = " + at);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String ask(String sql) throws SQLException {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
