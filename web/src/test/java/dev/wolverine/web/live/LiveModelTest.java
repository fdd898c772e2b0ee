package dev.wolverine.web.live;

import static dev.wolverine.web.live.Servers.ORGANISATION;
import static dev.wolverine.web.live.Servers.server;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.LiveEvent;
import dev.wolverine.query.FleetChange;
import dev.wolverine.query.ServerView;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A reader on a line that drops, repeats, swaps and stalls, that is cut and comes back to another
 * node: in the end it has the rows of the database, and of every event either the event or the word
 * that some were lost.
 */
class LiveModelTest {

    private static final int RUNS = 150;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theReaderEndsWithTheDatabaseAndEveryEventOrTheWordThatSomeWereLost(boolean windowed) {
        int recovered = 0;
        int lost = 0;
        int resynchronised = 0;
        for (int seed = 1; seed <= RUNS; seed++) {
            Run run = new Run(seed, windowed);
            run.go();
            assertThat(run.reader.rows).as("seed %d", seed).isEqualTo(run.expected());
            assertThat(run.reader.told).as("seed %d", seed).containsExactlyElementsOf(run.all());
            recovered += run.reader.recovered;
            lost += run.reader.lost;
            resynchronised += run.reader.resynchronised;
        }
        assertThat(recovered).as("resumed with every event").isPositive();
        assertThat(lost).as("resumed without some").isPositive();
        assertThat(resynchronised).as("told to begin anew").isPositive();
    }

    /** One history, from beginning to calm. */
    private static final class Run {
        private final Random random;
        private final boolean windowed;
        private final List<FleetChange> changes = new ArrayList<>();
        private final Map<String, ServerView> servers = new HashMap<>();
        private final List<LiveEvent> events = new ArrayList<>();
        private final List<Node> nodes = List.of(new Node(), new Node());
        private final Reader reader = new Reader();
        private long nanoTime;

        Run(int seed, boolean windowed) {
            random = new Random(seed);
            this.windowed = windowed;
        }

        void go() {
            for (int step = 0; step < 300; step++) {
                happen();
                nodes.forEach(node -> node.catchUp(random.nextInt(4)));
                nanoTime += Duration.ofMillis(250).toNanos();
                if (random.nextInt(25) == 0) {
                    reader.stalledUntil =
                            nanoTime + Duration.ofSeconds(random.nextInt(60)).toNanos();
                    if (random.nextInt(3) == 0) {
                        for (int burst = 0; burst < EventLane.MAX_EVENTS + 10; burst++) {
                            event();
                        }
                    }
                }
                if (reader.node == null || random.nextInt(30) == 0) {
                    reader.connect(nodes.get(random.nextInt(nodes.size())));
                }
                reader.turn(0.04);
            }
            // The line is good again, and nodes have read everything.
            reader.stalledUntil = 0;
            for (int step = 0; step < 20; step++) {
                nodes.forEach(node -> node.catchUp(Integer.MAX_VALUE));
                nanoTime += Duration.ofSeconds(2).toNanos();
                reader.turn(0);
            }
            event();
            nodes.forEach(node -> node.catchUp(Integer.MAX_VALUE));
            reader.turn(0);
            reader.turn(0);
        }

        private void happen() {
            if (random.nextBoolean()) {
                ServerView changed =
                        server(
                                "s" + random.nextInt(12),
                                random.nextInt(50),
                                "n" + random.nextInt(3));
                servers.put(changed.state().instanceId(), changed);
                changes.add(
                        new FleetChange(ORGANISATION, changes.size() + 1, true, List.of(changed)));
            }
            if (random.nextInt(3) == 0) {
                event();
            }
        }

        private void event() {
            long number = events.size() + 1;
            events.add(
                    new LiveEvent(
                            number,
                            ORGANISATION,
                            number,
                            LiveEvent.Kind.ALERT,
                            null,
                            Instant.EPOCH,
                            "{}"));
        }

        /** The window is the five servers with the least memory. */
        private FleetFeed.Page page(Map<String, ServerView> of) {
            List<ServerView> sorted = new ArrayList<>(of.values());
            sorted.sort((a, b) -> {
                int memory = Integer.compare(a.state().memoryMb(), b.state().memoryMb());
                return memory != 0
                        ? memory
                        : a.state().instanceId().compareTo(b.state().instanceId());
            });
            return new FleetFeed.Page(
                    sorted.stream().limit(5).map(view -> view.state().instanceId()).toList(),
                    sorted.size());
        }

        Map<String, JsonObject> expected() {
            Map<String, JsonObject> expected = new HashMap<>();
            List<String> ids = windowed ? page(servers).ids() : new ArrayList<>(servers.keySet());
            for (String id : ids) {
                expected.put(
                        id,
                        new JsonObject(
                                        ServerMessages.Update.of(
                                                        Objects.requireNonNull(servers.get(id)),
                                                        dev.wolverine.web.json.ServerField.ALL)
                                                .json())
                                .getJsonObject("p"));
            }
            return expected;
        }

        List<Long> all() {
            return events.stream().map(LiveEvent::sequence).toList();
        }

        /** A process that follows the database at a pace of its own. */
        private final class Node {
            private final FleetLog log = new FleetLog(server -> FleetFeed.Marks.NONE);
            private final EventLog happened = new EventLog("epoch", 0);
            private final Map<String, ServerView> known = new HashMap<>();
            private final FleetWindows windows =
                    new FleetWindows(window -> page(known), log, Runnable::run, () -> nanoTime);
            private int changesRead;
            private int eventsRead;

            void catchUp(int most) {
                for (int i = 0; i < most && changesRead < changes.size(); i++) {
                    FleetChange change = changes.get(changesRead++);
                    change.servers().forEach(view -> known.put(view.state().instanceId(), view));
                    log.apply(change);
                }
                for (int i = 0;
                        (i < most || eventsRead < events.size() - 200)
                                && eventsRead < events.size();
                        i++) {
                    happened.add(events.get(eventsRead++), nanoTime);
                }
                happened.expire(nanoTime - Duration.ofSeconds(20).toNanos());
            }
        }

        /** The client: what it does is what docs/live.md asks of clients. */
        private final class Reader implements Outlet {
            private final Deque<JsonObject> line = new ArrayDeque<>();
            private final Set<Long> told = new TreeSet<>();
            private Map<String, JsonObject> rows = new HashMap<>();
            private @Nullable Map<String, JsonObject> staged;
            private @Nullable Node node;
            private @Nullable FleetSubscription subscription;
            private ClientMessage.@Nullable Resume place;
            private long stalledUntil;
            private long sequence = -1;
            private boolean complete;
            private int part;
            private int recovered;
            private int lost;
            private int resynchronised;

            void connect(Node to) {
                node = to;
                line.clear();
                complete = false;
                staged = null;
                EventFilter filter = new EventFilter(Set.of(LiveEvent.Kind.ALERT), Set.of(), null);
                ClientMessage.Resume stopped = place;
                EventLane lane =
                        stopped == null
                                ? EventLane.resumed(
                                        to.happened, filter, new ClientMessage.Resume("epoch", 0))
                                : EventLane.resumed(to.happened, filter, stopped);
                long from = stopped == null ? 0 : stopped.sequence();
                if (lane.cursor() == from) {
                    recovered++;
                } else {
                    lost++;
                    excuse(from, lane.cursor());
                }
                place = new ClientMessage.Resume("epoch", lane.cursor());
                Rows rowsOfNode =
                        windowed
                                ? new WindowRows(
                                        to.log,
                                        to.windows,
                                        new FleetFeed.Window(Set.of(), "memory", false, 0, 5))
                                : new FilteredRows(to.log, Set.of(), Set.of());
                subscription =
                        new FleetSubscription(
                                1,
                                rowsOfNode,
                                to.log,
                                lane,
                                Duration.ofSeconds(30),
                                () -> nanoTime);
            }

            private void excuse(long after, long through) {
                for (long number = after + 1; number <= through; number++) {
                    told.add(number);
                }
            }

            @Override
            public boolean isFull() {
                return nanoTime < stalledUntil || line.size() >= 50;
            }

            @Override
            public void send(String message) {
                line.add(new JsonObject(message));
            }

            void turn(double faults) {
                FleetSubscription known = subscription;
                if (known == null) {
                    return;
                }
                if (!isFull()) {
                    known.flush(this);
                }
                if (nanoTime < stalledUntil) {
                    return;
                }
                List<JsonObject> arriving = new ArrayList<>();
                while (!line.isEmpty()) {
                    JsonObject message = line.removeFirst();
                    if (random.nextDouble() < faults) {
                        continue;
                    }
                    arriving.add(message);
                    if (random.nextDouble() < faults) {
                        arriving.add(message);
                    }
                    if (arriving.size() > 1 && random.nextDouble() < faults) {
                        Collections.swap(arriving, arriving.size() - 1, arriving.size() - 2);
                    }
                }
                for (JsonObject message : arriving) {
                    if (!receive(message)) {
                        connect(nodes.get(random.nextInt(nodes.size())));
                        return;
                    }
                }
            }

            /** Returns false where something was missed. */
            private boolean receive(JsonObject message) {
                return switch (message.getString("op")) {
                    case "snap" -> snapshot(message);
                    case "d" -> delta(message);
                    case "resync" -> {
                        resynchronised++;
                        ClientMessage.Resume stopped = place;
                        if (message.getBoolean("eventsLost") && stopped != null) {
                            excuse(stopped.sequence(), message.getLong("es"));
                        }
                        place = new ClientMessage.Resume("epoch", message.getLong("es"));
                        complete = false;
                        staged = null;
                        yield true;
                    }
                    default -> throw new AssertionError(message.encode());
                };
            }

            private boolean snapshot(JsonObject message) {
                int number = message.getInteger("part");
                if (number == 0 && staged == null) {
                    if (complete) {
                        return message.getLong("seq") <= sequence;
                    }
                    staged = new HashMap<>();
                    part = 0;
                }
                Map<String, JsonObject> building = staged;
                if (building == null || number < part) {
                    return complete || building != null;
                }
                if (number > part) {
                    return false;
                }
                merge(message, building);
                part++;
                if (message.getBoolean("last")) {
                    rows = building;
                    staged = null;
                    complete = true;
                    sequence = message.getLong("seq");
                }
                return true;
            }

            private boolean delta(JsonObject message) {
                if (!complete) {
                    return false;
                }
                if (message.getLong("seq") <= sequence) {
                    return true;
                }
                if (message.getLong("seq") != sequence + 1) {
                    return false;
                }
                sequence++;
                merge(message, rows);
                message.getJsonArray("x").forEach(rows::remove);
                for (Object event : message.getJsonArray("e")) {
                    assertThat(told.add(((JsonObject) event).getLong("seq"))).isTrue();
                }
                place = new ClientMessage.Resume("epoch", message.getLong("es"));
                return true;
            }

            private static void merge(JsonObject message, Map<String, JsonObject> into) {
                for (Object update : message.getJsonArray("u", new JsonArray())) {
                    JsonObject entry = (JsonObject) update;
                    into.computeIfAbsent(entry.getString("k"), id -> new JsonObject())
                            .mergeIn(entry.getJsonObject("p"));
                }
            }
        }
    }
}
