package dev.wolverine.ingest;

import java.time.Duration;

/**
 * How much is taken in, and held, at a time.
 *
 * @param writers threads, each with a connection, that commit; servers are spread over them
 * @param maxCachedServers servers whose ids and snapshots a writer remembers, and whose rate the
 *     intake
 */
public record IngestConfig(
        int writers,
        int maxCachedServers,
        Batch batch,
        Queue queue,
        Stream stream,
        Templates templates,
        Clock clock,
        Rate rate,
        Drain drain,
        MemoryGate memoryGate) {

    public IngestConfig {
        require(writers >= 1 && writers <= 16, "ingest.writers", writers, "1 to 16");
        require(
                maxCachedServers >= 1_000,
                "ingest.max-cached-servers",
                maxCachedServers,
                ">= 1000");
    }

    /** The shipped values. */
    public static IngestConfig defaults() {
        return new IngestConfig(
                1,
                200_000,
                new Batch(4_096),
                new Queue(65_536, 256L << 20, Duration.ofMillis(1_700)),
                new Stream(64, 4 << 20),
                new Templates(64L << 20),
                new Clock(Duration.ofHours(24), Duration.ofMinutes(2)),
                new Rate(1, 3_000, 20_000, 1_000_000),
                new Drain(32, Duration.ofSeconds(3)),
                new MemoryGate(90, 80, Duration.ofSeconds(5)));
    }

    /** One transaction: at most so many rows. */
    public record Batch(int maxRows) {
        public Batch {
            require(
                    maxRows >= 1 && maxRows <= 50_000,
                    "ingest.batch.max-rows",
                    maxRows,
                    "1 to 50000");
        }
    }

    /**
     * What waits for the next transaction.
     *
     * @param maxEntries per writer
     * @param maxBytes of all writers
     * @param maxWait after which an entry that is not durable is refused: clients wait 3 s at most
     */
    public record Queue(int maxEntries, long maxBytes, Duration maxWait) {
        public Queue {
            require(maxEntries >= 100, "ingest.queue.max-entries", maxEntries, ">= 100");
            require(maxBytes >= 1 << 20, "ingest.queue.max-bytes", maxBytes, ">= 1MiB");
            require(
                    maxWait.toMillis() >= 100 && maxWait.toMillis() <= 60_000,
                    "ingest.queue.max-wait",
                    maxWait,
                    "100ms to 60s");
        }
    }

    /**
     * One gRPC stream.
     *
     * @param window beats that may be under way before the next is read
     * @param maxMessageBytes of one message
     */
    public record Stream(int window, int maxMessageBytes) {
        public Stream {
            require(window >= 1 && window <= 10_000, "ingest.stream.window", window, "1 to 10000");
            require(
                    maxMessageBytes >= 64 << 10 && maxMessageBytes <= 64 << 20,
                    "ingest.stream.max-message-bytes",
                    maxMessageBytes,
                    "64KiB to 64MiB");
        }
    }

    /**
     * What is remembered of the last body of each instance, so that one that repeats it is not
     * decoded.
     *
     * @param maxBytes of all instances; a current client takes 2 KiB. 0: every body is decoded
     */
    public record Templates(long maxBytes) {
        public Templates {
            require(
                    maxBytes >= 0 && maxBytes <= 64L << 30,
                    "ingest.templates.max-bytes",
                    maxBytes,
                    "0 to 64GiB");
        }
    }

    /**
     * How far a client's clock may be ahead of ours.
     *
     * @param maxAhead beyond it a beat goes to quarantine
     * @param aheadFlagged beyond it a beat is stored and flagged
     */
    public record Clock(Duration maxAhead, Duration aheadFlagged) {}

    /**
     * Token buckets: what comes faster is refused, and welcome later.
     *
     * @param instancePerSecond heartbeats that an instance may send for ever
     * @param instanceBurst and at once: more than the stock client's offline queue can hold
     * @param organisationPerSecond heartbeats that all instances of an organisation may send
     * @param organisationBurst and at once
     */
    public record Rate(
            int instancePerSecond,
            int instanceBurst,
            int organisationPerSecond,
            int organisationBurst) {
        public Rate {
            requireRate("ingest.rate.instance-per-second", instancePerSecond);
            requireBurst("ingest.rate.instance-burst", instanceBurst);
            requireRate("ingest.rate.organisation-per-second", organisationPerSecond);
            requireBurst("ingest.rate.organisation-burst", organisationBurst);
        }

        private static void requireRate(String key, int value) {
            require(value >= 1 && value <= 1_000_000, key, value, "1 to 1000000");
        }

        private static void requireBurst(String key, int value) {
            require(value >= 1 && value <= 100_000_000, key, value, "1 to 100000000");
        }
    }

    /**
     * Offline queues that come back over HTTP.
     *
     * @param maxInstances how many send theirs at a time
     * @param lease after so long a silence the turn goes to another
     */
    public record Drain(int maxInstances, Duration lease) {
        public Drain {
            require(
                    maxInstances >= 1 && maxInstances <= 10_000,
                    "ingest.drain.max-instances",
                    maxInstances,
                    "1 to 10000");
            require(
                    lease.toMillis() >= 100 && lease.toMillis() <= 60_000,
                    "ingest.drain.lease",
                    lease,
                    "100ms to 60s");
        }
    }

    /**
     * How full of what is needed the heap may be, per cent of its limit.
     *
     * @param closePercent from here on beats are refused for now
     * @param reopenPercent below it they are taken again
     * @param recheck without a newer figure for so long, they are taken to find out
     */
    public record MemoryGate(int closePercent, int reopenPercent, Duration recheck) {
        public MemoryGate {
            require(
                    closePercent >= 20 && closePercent <= 100,
                    "ingest.memory-gate.close-percent",
                    closePercent,
                    "20 to 100");
            require(
                    reopenPercent >= 10 && reopenPercent < closePercent,
                    "ingest.memory-gate.reopen-percent",
                    reopenPercent,
                    "10 to below ingest.memory-gate.close-percent, " + closePercent);
            require(
                    recheck.toMillis() >= 100 && recheck.toMillis() <= 3_600_000,
                    "ingest.memory-gate.recheck",
                    recheck,
                    "100ms to 1h");
        }
    }

    private static void require(boolean holds, String key, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(
                    key + ": " + value + " (expected: " + expected + ")");
        }
    }
}
