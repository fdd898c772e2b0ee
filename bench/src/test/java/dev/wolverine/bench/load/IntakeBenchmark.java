package dev.wolverine.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.management.ThreadMXBean;
import dev.wolverine.db.AppendResult;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.SelectInstancesByName;
import dev.wolverine.ingest.Admission;
import dev.wolverine.ingest.HeapReading;
import dev.wolverine.ingest.HeartbeatIntake;
import dev.wolverine.ingest.HeartbeatLog;
import dev.wolverine.ingest.IngestConfig;
import dev.wolverine.ingest.InstanceNames;
import dev.wolverine.ingest.decode.BeatReader;
import dev.wolverine.ingest.decode.BodySlice;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What the intake costs a beat from its bytes to the log, with templates and without, in turns in
 * one process. Not one of the tests of a build: docs/performance.md says how it is run.
 *
 * <p>Asserts no more than that templates help; the figures are for reading.
 */
class IntakeBenchmark {

    private static final int INSTANCES = 2_000;
    private static final int ROUNDS = 9;
    private static final int BEATS_A_ROUND = 20_000;

    /** Before what the stream's beats carry: the field of the message, and its length. */
    private static final int STREAM_FRAME = 3;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final UUID organisation = new UUID(0, 1);
    private final Principal principal = new Principal(organisation, Role.INGEST, "key:x", null);
    private long appended;

    @Test
    void protobuf() {
        print(BodyFormat.PROTOBUF, 10);
        print(BodyFormat.PROTOBUF, 0);
        print(BodyFormat.PROTOBUF, 100);
    }

    @Test
    void json() {
        print(BodyFormat.JSON, 10);
        print(BodyFormat.JSON, 0);
        print(BodyFormat.JSON, 100);
    }

    private void print(BodyFormat format, int changedPercent) {
        Instant now = Instant.now();
        Beats beats = new Beats(format, changedPercent, 0, now.toEpochMilli() - 86_400_000);
        Side plain = new Side(intake(0), format, beats, now);
        Side templates = new Side(intake(1L << 30), format, beats, now);
        double[] before = new double[ROUNDS];
        double[] after = new double[ROUNDS];
        double[] ratios = new double[ROUNDS];
        for (int i = -2; i < ROUNDS; i++) {
            double plainMicros = plain.round();
            double templateMicros = templates.round();
            if (i >= 0) {
                before[i] = plainMicros;
                after[i] = templateMicros;
                ratios[i] = plainMicros / templateMicros;
            }
        }
        System.out.printf(
                "%s, %d %% changed, %d bytes: %.2f us plain, %.2f us with templates, ratio %.1f (%.1f to %.1f); %d and %d bytes allocated%n",
                format,
                changedPercent,
                beats.length(),
                median(before),
                median(after),
                median(ratios),
                Arrays.stream(ratios).min().orElse(0),
                Arrays.stream(ratios).max().orElse(0),
                plain.allocated,
                templates.allocated);
        if (changedPercent <= 10) {
            assertThat(median(ratios)).isGreaterThan(1.5);
        }
    }

    private static double median(double[] values) {
        return Arrays.stream(values).sorted().skip(values.length / 2).findFirst().orElse(0);
    }

    private HeartbeatIntake intake(long templateBytes) {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        IngestConfig shipped = IngestConfig.defaults();
        IngestConfig unlimited =
                new IngestConfig(
                        1,
                        shipped.maxCachedServers(),
                        shipped.batch(),
                        shipped.queue(),
                        shipped.stream(),
                        shipped.templates(),
                        shipped.clock(),
                        new IngestConfig.Rate(1_000_000, 100_000_000, 1_000_000, 100_000_000),
                        shipped.drain(),
                        shipped.memoryGate());
        var durable =
                CompletableFuture.completedStage(
                        (HeartbeatLog.Outcome)
                                new HeartbeatLog.Outcome.Durable(AppendResult.STORED));
        return new HeartbeatIntake(
                _ -> {
                    appended++;
                    return durable;
                },
                new Admission(
                        unlimited,
                        () -> new HeapReading(0, 0, 1_000),
                        System::nanoTime,
                        RandomGenerator.getDefault(),
                        meters),
                new InstanceNames(
                        new SelectInstancesByName(new PGSimpleDataSource()),
                        Runnable::run,
                        System::nanoTime),
                new BeatReader(templateBytes, RandomGenerator.getDefault(), meters),
                shipped.clock(),
                Duration.ofDays(30),
                meters);
    }

    /** One of the two ways, with beats that go on from round to round. */
    private final class Side {
        private final HeartbeatIntake intake;
        private final BodyFormat format;
        private final Beats beats;
        private final Instant start;
        private final byte[][] ids = new byte[INSTANCES][];
        private final byte[][] bodies = new byte[BEATS_A_ROUND][];
        private long sent;
        private long allocated;

        Side(HeartbeatIntake intake, BodyFormat format, Beats beats, Instant start) {
            this.intake = intake;
            this.format = format;
            this.beats = beats;
            this.start = start;
            Arrays.setAll(ids, beats::id);
        }

        /** Microseconds of CPU a beat, without those of making it. */
        double round() {
            for (int i = 0; i < bodies.length; i++, sent++) {
                int instance = (int) (sent % INSTANCES);
                long number = sent / INSTANCES;
                bodies[i] =
                        beats.beat(instance, ids[instance], number, start.toEpochMilli() + number);
            }
            long before = appended;
            long cpu = threads.getCurrentThreadCpuTime();
            long bytes = threads.getCurrentThreadAllocatedBytes();
            for (byte[] body : bodies) {
                accept(body);
            }
            cpu = threads.getCurrentThreadCpuTime() - cpu;
            allocated = (threads.getCurrentThreadAllocatedBytes() - bytes) / bodies.length;
            assertThat(appended - before).isEqualTo(bodies.length);
            return cpu / 1e3 / bodies.length;
        }

        private void accept(byte[] body) {
            try {
                if (format == BodyFormat.JSON) {
                    intake.acceptJson(principal, null, body, start);
                } else {
                    var slice = new BodySlice(body, STREAM_FRAME, body.length - STREAM_FRAME);
                    intake.acceptProto(
                            principal, null, intake.readProto(principal, null, slice), start);
                }
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        }
    }
}
