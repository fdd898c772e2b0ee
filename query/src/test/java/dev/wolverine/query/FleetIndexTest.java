package dev.wolverine.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FleetIndexTest {

    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

    private Instant now = START.plus(Duration.ofHours(1));
    private final FleetIndex index =
            new FleetIndex(
                    new StatusRule(Duration.ofSeconds(150), START),
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
                        States.named(3, "gone", now.minusSeconds(600), 100)));
        assertThat(names(query(FleetQuery.Sort.STATUS, false)))
                .containsExactly("gone", "Api", "web");
    }

    @Test
    void pagesFiltersAndCounts() {
        for (int i = 0; i < 30; i++) {
            index.apply(List.of(States.named(i, "s" + i, now.minusSeconds(i < 10 ? 600 : 0), i)));
        }
        FleetPage page =
                index.page(
                        States.ORGANISATION,
                        new FleetQuery(
                                Set.of(Status.HEALTHY), "s2", FleetQuery.Sort.MEMORY, true, 1, 3));
        assertThat(page.total()).isEqualTo(10);
        assertThat(page.servers())
                .extracting(view -> view.state().memoryMb())
                .containsExactly(28, 27, 26);
        assertThat(page.counts()).containsEntry(Status.DOWN, 10).containsEntry(Status.HEALTHY, 20);
    }

    @Test
    void showsAnOrganisationNothingOfAnother() {
        index.apply(List.of(States.named(1, "web", now, 100)));
        UUID stranger = new UUID(2, 2);
        assertThat(index.page(stranger, query(FleetQuery.Sort.NAME, false)).total()).isZero();
        assertThat(index.find(stranger, "wlv_1")).isEmpty();
        assertThat(index.snapshot(stranger).servers()).isEmpty();
    }

    @Test
    void silenceChangesTheStatusWithoutABeatAndTellsTheSubscribersOnce() {
        List<FleetChange> changes = new ArrayList<>();
        try (FleetIndex.Subscription _ = index.subscribe(States.ORGANISATION, changes::add)) {
            index.apply(List.of(States.named(1, "web", now, 100)));
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
        index.apply(List.of(States.named(1, "web", now, 100)));
        Instant since = index.find(States.ORGANISATION, "wlv_1").orElseThrow().since();
        now = now.plusSeconds(60);
        index.apply(List.of(States.named(1, "web", now, 101)));
        assertThat(index.find(States.ORGANISATION, "wlv_1").orElseThrow().since()).isEqualTo(since);
    }

    private List<String> names(FleetQuery query) {
        return index.page(States.ORGANISATION, query).servers().stream()
                .map(view -> String.valueOf(view.state().name()))
                .toList();
    }

    private static FleetQuery query(FleetQuery.Sort sort, boolean descending) {
        return new FleetQuery(Set.of(), "", sort, descending, 0, 100);
    }
}
