package dev.wolverine.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.ServerMarks;
import dev.wolverine.db.model.ServerState;
import dev.wolverine.db.model.StatusBegin;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FleetIndexTest {

    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

    private Instant now = START.plus(Duration.ofHours(1));
    private final FleetIndex index =
            new FleetIndex(
                    new StatusRule(START),
                    new Clock() {
                        @Override
                        public Instant instant() {
                            return now;
                        }

                        @Override
                        public ZoneOffset getZone() {
                            return ZoneOffset.UTC;
                        }

                        @Override
                        public Clock withZone(java.time.ZoneId zone) {
                            return this;
                        }
                    });

    @Test
    void listsTheWorstFirstAndThenByName() {
        index.apply(
                List.of(
                        States.named(1, "web", now, 100),
                        States.named(2, "Api", now, 100),
                        States.named(3, "gone", now.minusSeconds(600), 100)),
                Map.of());
        assertThat(names(query(FleetSort.STATUS, false))).containsExactly("gone", "Api", "web");
    }

    @Test
    void pagesFiltersAndCounts() {
        for (int i = 0; i < 30; i++) {
            index.apply(
                    List.of(States.named(i, "s" + i, now.minusSeconds(i < 10 ? 600 : 0), i)),
                    Map.of());
        }
        FleetPage page =
                index.page(
                        States.ORGANISATION,
                        new FleetQuery(
                                new FleetFilter(
                                        Set.of(Status.HEALTHY), Set.of(), null, "S2", false),
                                FleetSort.MEMORY,
                                true,
                                null,
                                1,
                                3));
        assertThat(page.total()).isEqualTo(10);
        assertThat(page.servers())
                .extracting(view -> view.state().memoryMb())
                .containsExactly(28, 27, 26);
        assertThat(page.counts()).containsEntry(Status.DOWN, 10).containsEntry(Status.HEALTHY, 20);
    }

    @Test
    void showsAnOrganisationNothingOfAnother() {
        index.apply(List.of(States.named(1, "web", now, 100)), Map.of());
        UUID stranger = new UUID(2, 2);
        assertThat(index.page(stranger, query(FleetSort.NAME, false)).total()).isZero();
        assertThat(index.find(stranger, "wlv_1")).isEmpty();
        assertThat(index.snapshot(stranger).servers()).isEmpty();
    }

    @Test
    void silenceChangesTheStatusWithoutABeatAndTellsTheSubscribersOnce() {
        List<FleetChange> changes = new ArrayList<>();
        try (FleetIndex.Subscription _ = index.subscribe(States.ORGANISATION, changes::add)) {
            index.apply(List.of(States.named(1, "web", now, 100)), Map.of());
            now = now.plusSeconds(151);
            index.sweep();
            index.sweep();
        }
        assertThat(changes).extracting(FleetChange::heartbeat).containsExactly(true, false);
        assertThat(changes).extracting(FleetChange::sequence).containsExactly(1L, 2L);
        assertThat(changes.getLast().servers().getFirst().status()).isEqualTo(Status.DOWN);
    }

    @Test
    void aStatusKeepsItsBeginningWhileItLasts() {
        index.apply(List.of(States.named(1, "web", now, 100)), Map.of());
        Instant since = index.find(States.ORGANISATION, "wlv_1").orElseThrow().since();
        now = now.plusSeconds(60);
        index.apply(List.of(States.named(1, "web", now, 101)), Map.of());
        assertThat(index.find(States.ORGANISATION, "wlv_1").orElseThrow().since()).isEqualTo(since);
    }

    @Test
    void cursorsLeadThroughEveryServerOnceByEveryColumnUpAndDown() {
        Random random = new Random(7);
        List<ServerState> states = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Instant seen = now.minusSeconds(random.nextInt(4) == 0 ? 600 : 0);
            states.add(States.named(i, "Name" + random.nextInt(40), seen, random.nextInt(5)));
        }
        index.apply(states, Map.of());
        for (FleetSort sort : FleetSort.values()) {
            for (boolean descending : List.of(false, true)) {
                List<String> all = new ArrayList<>();
                FleetCursor after = null;
                int pages = 0;
                do {
                    FleetPage page =
                            index.page(
                                    States.ORGANISATION,
                                    new FleetQuery(FleetFilter.ALL, sort, descending, after, 0, 7));
                    page.servers().forEach(view -> all.add(view.state().instanceId()));
                    assertThat(page.page()).isEqualTo(++pages);
                    after =
                            page.next() == null
                                    ? null
                                    : FleetCursor.decode(page.next().encode()).orElseThrow();
                } while (after != null);
                assertThat(all)
                        .as(sort + " " + descending)
                        .hasSize(300)
                        .doesNotHaveDuplicates()
                        .isEqualTo(
                                index
                                        .sorted(
                                                States.ORGANISATION,
                                                FleetFilter.ALL,
                                                sort,
                                                descending)
                                        .stream()
                                        .map(view -> view.state().instanceId())
                                        .toList());
            }
        }
    }

    @Test
    void offsetsAndCursorsSeeTheSameOrder() {
        for (int i = 0; i < 50; i++) {
            index.apply(List.of(States.named(i, "s" + i % 7, now, i % 3)), Map.of());
        }
        for (FleetSort sort : List.of(FleetSort.NAME, FleetSort.MEMORY, FleetSort.VERSION)) {
            FleetPage first =
                    index.page(
                            States.ORGANISATION,
                            new FleetQuery(FleetFilter.ALL, sort, true, null, 0, 10));
            FleetPage byOffset =
                    index.page(
                            States.ORGANISATION,
                            new FleetQuery(FleetFilter.ALL, sort, true, null, 10, 10));
            FleetPage byCursor =
                    index.page(
                            States.ORGANISATION,
                            new FleetQuery(FleetFilter.ALL, sort, true, first.next(), 0, 10));
            assertThat(byCursor.servers()).isEqualTo(byOffset.servers());
            assertThat(byCursor.page()).isEqualTo(byOffset.page()).isEqualTo(2);
        }
    }

    @Test
    void aCursorHoldsItsPlaceWhenItsServerIsCalledOtherwise() {
        for (String name : List.of("a", "b", "c", "d")) {
            index.apply(List.of(States.named(name.charAt(0), name, now, 1)), Map.of());
        }
        FleetCursor after =
                index.page(
                                States.ORGANISATION,
                                new FleetQuery(FleetFilter.ALL, FleetSort.NAME, false, null, 0, 2))
                        .next();
        index.apply(List.of(States.named('b', "z", now, 1)), Map.of());
        assertThat(
                        index.page(
                                        States.ORGANISATION,
                                        new FleetQuery(
                                                FleetFilter.ALL,
                                                FleetSort.NAME,
                                                false,
                                                after,
                                                0,
                                                9))
                                .servers())
                .extracting(view -> view.state().name())
                .containsExactly("c", "d", "z");
    }

    @Test
    void theTopIsWhatSortingWouldSay() {
        Random random = new Random(3);
        List<ServerState> states = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            states.add(States.named(i, "s" + i, now, random.nextInt(500) - 1));
        }
        index.apply(states, Map.of());
        assertThat(index.top(States.ORGANISATION, FleetSort.MEMORY, 10))
                .isEqualTo(
                        index.sorted(States.ORGANISATION, FleetFilter.ALL, FleetSort.MEMORY, true)
                                .subList(0, 10));
    }

    @Test
    void whatWasPutAwayIsSeenApartUntilItBeatsAgain() {
        Instant seen = now.minusSeconds(600);
        ServerMarks away = new ServerMarks(List.of("eu"), now);
        index.apply(List.of(States.named(1, "old", seen, 5)), Map.of(1, away));
        index.apply(List.of(States.named(2, "new", now, 5)), Map.of());
        FleetFilter archived = new FleetFilter(Set.of(), Set.of("eu"), null, "", true);

        assertThat(names(query(FleetSort.NAME, false))).containsExactly("new");
        assertThat(names(new FleetQuery(archived, FleetSort.COST, false, null, 0, 9)))
                .containsExactly("old");
        assertThat(index.heatmap(States.ORGANISATION))
                .containsExactly((byte) Status.HEALTHY.ordinal());
        assertThat(index.counts(States.ORGANISATION)).containsEntry(Status.DOWN, 0);
        assertThat(index.find(States.ORGANISATION, "wlv_1")).isPresent();

        index.apply(List.of(States.named(1, "old", now.plusSeconds(1), 5)), Map.of(1, away));
        assertThat(names(query(FleetSort.NAME, false))).containsExactly("new", "old");
    }

    @Test
    void theLogKnowsSinceWhenAServerIsAsItIs() {
        Instant since = now.minus(Duration.ofDays(3));
        index.apply(
                List.of(States.named(1, "a", now, 1), States.named(2, "b", now, 1)),
                Map.of(),
                Map.of(1, new StatusBegin(1, since), 2, new StatusBegin(3, since)));
        assertThat(index.find(States.ORGANISATION, "wlv_1").orElseThrow().since()).isEqualTo(since);
        assertThat(index.find(States.ORGANISATION, "wlv_2").orElseThrow().since()).isEqualTo(now);
    }

    private List<String> names(FleetQuery query) {
        return index.page(States.ORGANISATION, query).servers().stream()
                .map(view -> String.valueOf(view.state().name()))
                .toList();
    }

    private static FleetQuery query(FleetSort sort, boolean descending) {
        return new FleetQuery(FleetFilter.ALL, sort, descending, null, 0, 100);
    }
}
