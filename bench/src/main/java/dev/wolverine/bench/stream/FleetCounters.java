package dev.wolverine.bench.stream;

import dev.wolverine.proto.v1.RefusalReason;
import io.grpc.Status;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** What the streams of one process have done. Thread-safe. */
public final class FleetCounters {
    private final LongAdder sent = new LongAdder();
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder waiting = new LongAdder();
    private final LongAdder forgotten = new LongAdder();
    private final LongAdder reconnects = new LongAdder();
    private final LongAdder inFlight = new LongAdder();
    private final LongAdder historyLeft = new LongAdder();
    private final LongAdder refusedForGood = new LongAdder();
    private final Map<RefusalReason, LongAdder> refusals = new ConcurrentSkipListMap<>();
    private volatile Status trouble = Status.OK;

    void sent(int beats) {
        sent.add(beats);
        inFlight.add(beats);
    }

    void acknowledged(int beats) {
        acknowledged.add(beats);
        inFlight.add(-beats);
    }

    void refused(RefusalReason reason, boolean forGood) {
        refusals.computeIfAbsent(reason, key -> new LongAdder()).increment();
        inFlight.decrement();
        if (forGood) {
            refusedForGood.increment();
        }
    }

    void takenBack(int beats) {
        inFlight.add(-beats);
    }

    void waiting(int change) {
        waiting.add(change);
    }

    void forgotten(int beats) {
        forgotten.add(beats);
    }

    void reconnecting(Status why) {
        reconnects.increment();
        trouble = why;
    }

    void historyLeft(int change) {
        historyLeft.add(change);
    }

    public long sent() {
        return sent.sum();
    }

    public long acknowledged() {
        return acknowledged.sum();
    }

    /** Beats that full queues dropped: the only ones that this client ever loses. */
    public long forgotten() {
        return forgotten.sum();
    }

    public long reconnects() {
        return reconnects.sum();
    }

    /** Whether no instance has history left to send. */
    public boolean historySent() {
        return historyLeft.sum() == 0;
    }

    public long refusedForGood() {
        return refusedForGood.sum();
    }

    /** Beats sent or waiting to be sent that have no answer yet. */
    public long unanswered() {
        return inFlight.sum() + waiting.sum();
    }

    /** Why a stream last broke; OK if none ever did. */
    public Status trouble() {
        return trouble;
    }

    /** One line for people. */
    public String line() {
        String refused =
                refusals.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue().sum())
                        .collect(Collectors.joining(","));
        return "sent %,d  acked %,d  in flight %,d  queued %,d  refused %s  reconnects %,d  forgotten %,d"
                .formatted(
                        sent.sum(),
                        acknowledged.sum(),
                        inFlight.sum(),
                        waiting.sum(),
                        refused.isEmpty() ? "0" : refused,
                        reconnects.sum(),
                        forgotten.sum());
    }
}
