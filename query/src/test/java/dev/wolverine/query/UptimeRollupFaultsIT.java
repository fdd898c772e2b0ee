package dev.wolverine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wolverine.db.StorageException;
import dev.wolverine.db.postgres.FaultyDataSource;
import dev.wolverine.db.postgres.SelectReopened;
import dev.wolverine.db.postgres.UptimeStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The job dies at every place in turn, and the next one goes on as if nothing had been. */
@NullUnmarked
class UptimeRollupFaultsIT {

    private static final Instant BEGIN = Instant.parse("2026-11-20T08:00:00Z");
    private static final int FAR_TOO_MANY = 200;

    private final UptimeDatabase database = new UptimeDatabase();
    private final FaultyDataSource faults = new FaultyDataSource(database.database().writer());
    private final SettableClock clock =
            new SettableClock(BEGIN.plus(Duration.ofHours(3)).plus(UptimeStore.COUNTED_AFTER));
    private int server;

    @BeforeEach
    void countHoursWithAGap() {
        server = database.server(BEGIN);
        database.commit(beats(0, 60, Duration.ZERO));
        database.commit(beats(150, 180, Duration.ZERO));
        rollup().catchUp();
        assertThat(database.rows(server)).hasSize(2);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void dyingAtAnyPlaceLosesNoHour(boolean onlyTheAnswer) {
        String cursor = database.ask("SELECT commits_cursor::text FROM uptime_progress");
        database.commit(beats(60, 150, Duration.ofHours(2)));
        Map<Instant, String> expected = new BruteForceUptime(server, all(), List.of()).hours();

        int call = 1;
        for (; call < FAR_TOO_MANY; call++) {
            forget(cursor);
            faults.failAt(call, onlyTheAnswer);
            try {
                rollup().catchUp();
            } catch (StorageException e) {
                assertThat(faults.hasFired()).isTrue();
            }
            boolean fired = faults.hasFired();
            faults.failAt(0, false);
            await().pollDelay(Duration.ZERO)
                    .untilAsserted(() -> {
                        rollup().catchUp();
                        assertThat(database.rows(server)).isEqualTo(expected);
                    });
            if (!fired) {
                break;
            }
        }
        System.out.printf("%d calls failed in turn%n", call - 1);
        assertThat(call).isBetween(20, FAR_TOO_MANY - 1);
    }

    @Test
    void hoursAreCountedAnewAfterAnAbsenceInWhichCommitsWereDeleted() {
        database.commit(beats(60, 150, Duration.ofHours(2)));
        database.execute("DELETE FROM commits");
        clock.advance(Duration.ofMinutes(51));
        rollup().catchUp();
        assertThat(database.rows(server))
                .isEqualTo(new BruteForceUptime(server, all(), List.of()).hours());
    }

    /** As it was before the late beats, with rows that are wrong, and an hour still to count. */
    private void forget(String cursor) {
        database.execute("UPDATE uptime_hourly SET alive_ms = 1");
        database.execute(
                "UPDATE uptime_progress SET next_server = 0, commits_cursor = '"
                        + cursor
                        + "', next_hour = '"
                        + BEGIN.plus(Duration.ofHours(2))
                        + "'");
    }

    private UptimeRollup rollup() {
        return new UptimeRollup(
                new UptimeStore(faults.dataSource()),
                new SelectReopened(faults.dataSource()),
                Duration.ofHours(12),
                clock,
                new SimpleMeterRegistry());
    }

    private List<TestBeat> all() {
        List<TestBeat> all = new ArrayList<>(beats(0, 60, Duration.ZERO));
        all.addAll(beats(60, 150, Duration.ofHours(2)));
        all.addAll(beats(150, 180, Duration.ZERO));
        return all;
    }

    /** One a minute, each so much late. */
    private List<TestBeat> beats(int fromMinute, int toMinute, Duration late) {
        List<TestBeat> beats = new ArrayList<>();
        for (int minute = fromMinute; minute < toMinute; minute++) {
            Instant at = BEGIN.plusSeconds(60L * minute);
            beats.add(TestBeat.healthy(server, at, at.plus(late)));
        }
        return beats;
    }
}
