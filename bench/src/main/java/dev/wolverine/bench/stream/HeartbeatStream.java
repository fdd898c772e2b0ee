package dev.wolverine.bench.stream;

import dev.wolverine.bench.ledger.BeatKey;
import dev.wolverine.bench.ledger.LedgerWriter;
import dev.wolverine.bench.stream.FlightWindow.Flight;
import dev.wolverine.proto.v1.Refusal;
import dev.wolverine.proto.v1.StreamHeartbeatsRequest;
import dev.wolverine.proto.v1.StreamHeartbeatsResponse;
import dev.wolverine.proto.v1.TelemetryServiceGrpc.TelemetryServiceStub;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Sends the beats of some instances over one stream, and keeps each until it is answered: what a
 * broken call leaves unanswered goes again over the next one.
 *
 * <p>All state belongs to the thread that runs this; gRPC's callbacks only add to its queue of
 * events. Breaks are answered with a jittered back-off, for ever.
 */
final class HeartbeatStream implements Runnable {
    /** Beats without an answer, while nothing but live beats is sent. */
    static final int LIVE_WINDOW = 64;

    /** The same while history or a queue is replayed. */
    static final int REPLAY_WINDOW = 1024;

    private static final int MAX_BATCH = 100;
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PACED_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LAST_WISH_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int ATTEMPTS_WHEN_STOPPING = 3;
    private static final long SHORTEST_BACKOFF_MILLIS = 100;
    private static final int BACKOFF_DOUBLINGS = 6;

    private final TelemetryServiceStub stub;
    private final LedgerWriter ledger;
    private final FleetCounters counters;
    private final Clock clock;
    private final RandomGenerator random;
    private final Pace pace;

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final PriorityQueue<Lane> schedule =
            new PriorityQueue<>(Comparator.comparingLong(Lane::dueMillis));
    private final ArrayDeque<Lane> fresh = new ArrayDeque<>();
    private final ArrayDeque<Lane> draining = new ArrayDeque<>();
    private final ArrayDeque<Lane> histories = new ArrayDeque<>();
    private final ArrayDeque<Flight> resend = new ArrayDeque<>();
    private final PriorityQueue<Later> later =
            new PriorityQueue<>(Comparator.comparingLong(Later::dueNanos));
    private final FlightWindow flights = new FlightWindow(2 * REPLAY_WINDOW);

    private @Nullable ClientCallStreamObserver<StreamHeartbeatsRequest> call;
    private int callNumber;
    private int failures;
    private long reconnectAt = System.nanoTime();
    private long progressAt;
    private int waiting;
    private int waitingPublished;
    private boolean stopping;
    private long giveUpAt;

    HeartbeatStream(
            TelemetryServiceStub stub,
            Collection<Lane> lanes,
            LedgerWriter ledger,
            FleetCounters counters,
            Clock clock,
            RandomGenerator random,
            Pace pace) {
        this.stub = stub;
        this.ledger = ledger;
        this.counters = counters;
        this.clock = clock;
        this.random = random;
        this.pace = pace;
        schedule.addAll(lanes);
        lanes.stream().filter(lane -> lane.history().hasNext()).forEach(histories::add);
        counters.historyLeft(histories.size());
    }

    private sealed interface Event {
        record Answer(int call, StreamHeartbeatsResponse response) implements Event {}

        record Broken(int call, Status status) implements Event {}

        record Ready() implements Event {}

        record Stop() implements Event {}
    }

    /** A beat that the platform refused for now. */
    private record Later(long dueNanos, Flight flight) {}

    /** Makes no more beats, delivers what is on its way within 20 s, and ends. Any thread. */
    void stop() {
        events.add(new Event.Stop());
    }

    @Override
    public void run() {
        try {
            while (!finished()) {
                handle(events.poll(untilNextMove(), TimeUnit.NANOSECONDS));
                for (Event event = events.poll(); event != null; event = events.poll()) {
                    handle(event);
                }
                makeDueBeats();
                connectWhenDue();
                transmit();
                publishWaiting();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            hangUp();
        }
    }

    private boolean finished() {
        boolean delivered = waiting == 0 && flights.size() == 0;
        boolean unreachable = call == null && failures >= ATTEMPTS_WHEN_STOPPING;
        return stopping && (delivered || unreachable || System.nanoTime() - giveUpAt > 0);
    }

    private long untilNextMove() {
        long now = System.nanoTime();
        long wait = LONGEST_WAIT_NANOS;
        Lane next = schedule.peek();
        if (next != null && !stopping) {
            wait = Math.min(wait, (next.dueMillis() - clock.millis()) * 1_000_000);
        }
        Later retry = later.peek();
        if (retry != null && canSend()) {
            wait = Math.min(wait, retry.dueNanos() - now);
        }
        if (call == null) {
            wait = Math.min(wait, reconnectAt - now);
        } else if (pace.factor() > 0 && !histories.isEmpty()) {
            wait = Math.min(wait, PACED_WAIT_NANOS);
        }
        return Math.max(0, wait);
    }

    private void handle(@Nullable Event event) {
        switch (event) {
            case Event.Answer answer when answer.call() == callNumber -> take(answer.response());
            case Event.Broken broken when broken.call() == callNumber -> reconnect(broken.status());
            case Event.Stop() -> beginToStop();
            case null, default -> {
                // The queue is empty, the call can take more, or the event is of an older call.
            }
        }
    }

    private void take(StreamHeartbeatsResponse response) {
        failures = 0;
        progressAt = System.nanoTime();
        for (Refusal refusal : response.getRefusedList()) {
            refuse(refusal);
        }
        if (response.getThrough() > 0 && !flights.wasSent(response.getThrough())) {
            reconnect(
                    Status.INTERNAL.withDescription(
                            "through: %d (expected: at most %d, the last beat sent)"
                                    .formatted(response.getThrough(), flights.nextSequence() - 1)));
            return;
        }
        List<Flight> stored = flights.removeThrough(response.getThrough());
        ledger.acknowledged(keys(stored));
        counters.acknowledged(stored.size());
    }

    private void refuse(Refusal refusal) {
        Flight flight = flights.remove(refusal.getSequence());
        if (flight == null) {
            return;
        }
        counters.refused(refusal.getReason(), !refusal.getRetryable());
        if (!refusal.getRetryable()) {
            ledger.refused(key(flight), refusal.getReason().name());
            return;
        }
        long millis = Math.max(refusal.getRetryAfterMs(), SHORTEST_BACKOFF_MILLIS);
        later.add(new Later(System.nanoTime() + jittered(millis), flight));
        waiting++;
    }

    private void reconnect(Status status) {
        hangUp();
        List<Flight> unanswered = flights.reset();
        counters.takenBack(unanswered.size());
        waiting += unanswered.size();
        unanswered.reversed().forEach(resend::addFirst);
        counters.reconnecting(status);
        failures++;
        long ceiling = SHORTEST_BACKOFF_MILLIS << Math.min(failures, BACKOFF_DOUBLINGS);
        reconnectAt = System.nanoTime() + jittered(ceiling / 2);
    }

    /** At least that long, less than twice as long. */
    private long jittered(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis + random.nextLong(millis));
    }

    private void beginToStop() {
        if (stopping) {
            return;
        }
        stopping = true;
        giveUpAt = System.nanoTime() + LAST_WISH_NANOS;
        counters.historyLeft(-histories.size());
        histories.clear();
        for (Lane lane : schedule) {
            lane.openQueue();
            rememberQueue(lane);
        }
    }

    private void makeDueBeats() {
        long now = clock.millis();
        Lane lane = schedule.peek();
        while (!stopping && lane != null && lane.dueMillis() <= now) {
            schedule.remove();
            boolean known = lane.hasNewest();
            int forgotten = lane.tick();
            waiting += 1 - forgotten;
            counters.forgotten(forgotten);
            schedule.add(lane);
            if (lane.hasNewest() && !known) {
                fresh.add(lane);
            }
            lane = schedule.peek();
        }
    }

    private void connectWhenDue() {
        long now = System.nanoTime();
        if (call != null && flights.size() > 0 && now - progressAt > SILENCE_NANOS) {
            reconnect(Status.DEADLINE_EXCEEDED.withDescription("no answer for 30 s"));
        }
        if (call == null && now - reconnectAt >= 0) {
            progressAt = now;
            callNumber++;
            call = open(callNumber);
        }
    }

    private ClientCallStreamObserver<StreamHeartbeatsRequest> open(int number) {
        return (ClientCallStreamObserver<StreamHeartbeatsRequest>)
                stub.streamHeartbeats(
                        new ClientResponseObserver<
                                StreamHeartbeatsRequest, StreamHeartbeatsResponse>() {
                            @Override
                            public void beforeStart(
                                    ClientCallStreamObserver<StreamHeartbeatsRequest> starting) {
                                starting.setOnReadyHandler(() -> events.add(new Event.Ready()));
                            }

                            @Override
                            public void onNext(StreamHeartbeatsResponse response) {
                                events.add(new Event.Answer(number, response));
                            }

                            @Override
                            public void onError(Throwable failure) {
                                events.add(new Event.Broken(number, Status.fromThrowable(failure)));
                            }

                            @Override
                            public void onCompleted() {
                                events.add(
                                        new Event.Broken(
                                                number,
                                                Status.UNAVAILABLE.withDescription(
                                                        "the platform ended the stream")));
                            }
                        });
    }

    private boolean canSend() {
        return call != null && call.isReady() && room() > 0;
    }

    private int room() {
        boolean replaying =
                !histories.isEmpty()
                        || !draining.isEmpty()
                        || !resend.isEmpty()
                        || !later.isEmpty();
        int window = replaying ? REPLAY_WINDOW : LIVE_WINDOW;
        return Math.min(window - flights.size(), flights.room());
    }

    private void transmit() {
        while (canSend()) {
            List<Flight> batch = nextBatch();
            if (batch.isEmpty()) {
                return;
            }
            transmit(batch);
        }
    }

    private void transmit(List<Flight> batch) {
        ledger.attempted(keys(batch));
        if (flights.size() == 0) {
            progressAt = System.nanoTime();
        }
        StreamHeartbeatsRequest.Builder request =
                StreamHeartbeatsRequest.newBuilder().setFirstSequence(flights.nextSequence());
        for (Flight flight : batch) {
            flights.add(flight);
            request.addHeartbeats(flight.lane().instance().beat(flight.second()));
        }
        counters.sent(batch.size());
        if (call != null) {
            call.onNext(request.build());
        }
    }

    private List<Flight> nextBatch() {
        int most = Math.min(room(), MAX_BATCH);
        List<Flight> batch = new ArrayList<>();
        while (batch.size() < most) {
            Flight flight = nextFlight();
            if (flight == null) {
                break;
            }
            batch.add(flight);
        }
        return batch;
    }

    /**
     * Live beats first, then what was sent before, then the queues, then history. While too many
     * wait for their second chance, nothing new is begun.
     */
    private @Nullable Flight nextFlight() {
        Flight flight = later.size() < REPLAY_WINDOW ? nextLive() : null;
        flight = flight == null ? nextAgain() : flight;
        if (flight == null && later.size() < REPLAY_WINDOW) {
            flight = nextQueued();
        }
        if (flight != null) {
            waiting--;
            return flight;
        }
        return later.size() < REPLAY_WINDOW ? nextOfHistory() : null;
    }

    private @Nullable Flight nextLive() {
        Lane lane = fresh.poll();
        while (lane != null && !lane.hasNewest()) {
            lane = fresh.poll();
        }
        if (lane == null) {
            return null;
        }
        Flight newest = new Flight(lane, lane.takeNewest());
        rememberQueue(lane);
        return newest;
    }

    private @Nullable Flight nextQueued() {
        Lane lane = draining.poll();
        if (lane == null) {
            return null;
        }
        Flight oldest = new Flight(lane, lane.takeOldest());
        rememberQueue(lane);
        return oldest;
    }

    private @Nullable Flight nextAgain() {
        Later retry = later.peek();
        if (retry != null && System.nanoTime() - retry.dueNanos() >= 0) {
            return later.remove().flight();
        }
        return resend.poll();
    }

    private void rememberQueue(Lane lane) {
        if (lane.canDrain() && !draining.contains(lane)) {
            draining.add(lane);
        }
    }

    private @Nullable Flight nextOfHistory() {
        Lane lane = histories.peek();
        if (lane == null || !pace.allows(lane.history().position(), clock.millis())) {
            return null;
        }
        histories.remove();
        Flight flight = new Flight(lane, lane.history().next());
        if (lane.history().hasNext()) {
            histories.add(lane);
        } else {
            counters.historyLeft(-1);
        }
        return flight;
    }

    private static List<BeatKey> keys(List<Flight> flights) {
        List<BeatKey> keys = new ArrayList<>(flights.size());
        for (Flight flight : flights) {
            keys.add(key(flight));
        }
        return keys;
    }

    private static BeatKey key(Flight flight) {
        return new BeatKey(
                flight.lane().instance().id(), flight.lane().instance().timestamp(flight.second()));
    }

    private void publishWaiting() {
        counters.waiting(waiting - waitingPublished);
        waitingPublished = waiting;
    }

    private void hangUp() {
        if (call != null) {
            call.cancel("the client hangs up", null);
            call = null;
        }
    }
}
