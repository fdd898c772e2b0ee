package dev.wolverine.bench.load;

import dev.wolverine.proto.v1.Refusal;
import dev.wolverine.proto.v1.StreamHeartbeatsResponse;
import dev.wolverine.proto.v1.TelemetryServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.KnownLength;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Beats over gRPC streams, one a message; the instances are spread over the streams. {@link #send}
 * is for one thread.
 */
public final class StreamLoad implements Load {
    /** Beats of one stream without an answer, at most; a power of two. */
    private static final int MOST_UNDER_WAY = 1024;

    private static final MethodDescriptor<byte[], StreamHeartbeatsResponse> METHOD =
            TelemetryServiceGrpc.getStreamHeartbeatsMethod().toBuilder(
                            new EncodedMarshaller(),
                            TelemetryServiceGrpc.getStreamHeartbeatsMethod()
                                    .getResponseMarshaller())
                    .build();

    private final List<Stream> streams = new ArrayList<>();
    private final int instances;
    private final Beats beats;
    private final Clock clock;
    private final Acknowledgements acknowledgements;
    private final CountDownLatch ended;
    private final AtomicInteger turn = new AtomicInteger();

    /** 0: {@link #send} alone sends. */
    private volatile int window;

    private volatile boolean closing;

    /** What the beats say of their time. */
    public interface Clock {
        /**
         * @param round how many beats of each of the stream's instances were before
         * @param newest what the stream's last beat said
         * @return milliseconds since the epoch; negative: there are no more beats
         */
        long millis(long round, long newest);

        /** The time of day; no two beats of a stream have the same. */
        static Clock now() {
            return (_, newest) -> Math.max(System.currentTimeMillis(), newest + 1);
        }
    }

    /**
     * Opens the streams.
     *
     * @param channels carry the key; the streams go round
     */
    public StreamLoad(
            List<ManagedChannel> channels,
            int streams,
            int instances,
            Beats beats,
            Clock clock,
            Acknowledgements acknowledgements) {
        this.beats = beats;
        this.clock = clock;
        this.instances = instances;
        this.acknowledgements = acknowledgements;
        ended = new CountDownLatch(streams);
        for (int i = 0; i < streams; i++) {
            int share = instances / streams + (i < instances % streams ? 1 : 0);
            this.streams.add(
                    new Stream(
                            channels.get(i % channels.size()).newCall(METHOD, CallOptions.DEFAULT),
                            i,
                            streams,
                            share));
        }
        this.streams.forEach(Stream::open);
    }

    @Override
    public int instances() {
        return instances;
    }

    @Override
    public void sendFlatOut(int underWay) {
        window = underWay;
        streams.forEach(Stream::fill);
    }

    @Override
    public void rest() {
        window = 0;
    }

    @Override
    public boolean send(long dueNanos) {
        return streams.get(turn.getAndUpdate(now -> (now + 1) % streams.size())).send(dueNanos);
    }

    /** Ends each stream when its beats are answered, at the latest in ten seconds. */
    @Override
    public void close() throws InterruptedException {
        window = 0;
        closing = true;
        streams.forEach(Stream::end);
        if (!ended.await(10, TimeUnit.SECONDS)) {
            acknowledgements.refused("unanswered");
        }
    }

    private final class Stream extends ClientCall.Listener<StreamHeartbeatsResponse> {
        private final ClientCall<byte[], StreamHeartbeatsResponse> call;
        private final int first;
        private final int stride;
        private final byte[][] ids;
        private final long[] sentAt = new long[MOST_UNDER_WAY];
        private long sent;
        private long through;
        private long newest;
        private boolean closed;

        Stream(
                ClientCall<byte[], StreamHeartbeatsResponse> call,
                int first,
                int stride,
                int instances) {
            this.call = call;
            this.first = first;
            this.stride = stride;
            ids = new byte[instances][];
            for (int i = 0; i < instances; i++) {
                ids[i] = beats.id(first + i * stride);
            }
        }

        void open() {
            call.start(this, new Metadata());
            call.request(Integer.MAX_VALUE);
        }

        synchronized boolean send(long dueNanos) {
            if (closed || sent - through >= MOST_UNDER_WAY) {
                return false;
            }
            int own = (int) (sent % ids.length);
            long round = sent / ids.length;
            long millis = clock.millis(round, newest);
            if (millis < 0) {
                return false;
            }
            newest = millis;
            sentAt[(int) (sent & (MOST_UNDER_WAY - 1))] = dueNanos;
            sent++;
            call.sendMessage(beats.beat(first + own * stride, ids[own], round, newest));
            return true;
        }

        synchronized void fill() {
            while (sent - through < window && send(System.nanoTime())) {
                // Until the window is full.
            }
        }

        synchronized void end() {
            if (!closed) {
                call.halfClose();
            }
        }

        @Override
        public void onMessage(StreamHeartbeatsResponse answer) {
            long now = System.nanoTime();
            synchronized (this) {
                int refusals = answer.getRefusedCount();
                for (Refusal refusal : answer.getRefusedList()) {
                    acknowledgements.refused(refusal.getReason().name());
                }
                for (; through < answer.getThrough(); through++) {
                    if (refusals == 0 || !isRefused(answer, through + 1)) {
                        acknowledgements.acknowledged(
                                sentAt[(int) (through & (MOST_UNDER_WAY - 1))], now);
                    }
                }
                if (refusals == 0) {
                    fill();
                }
            }
        }

        private static boolean isRefused(StreamHeartbeatsResponse answer, long sequence) {
            return answer.getRefusedList().stream()
                    .anyMatch(refusal -> refusal.getSequence() == sequence);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            synchronized (this) {
                closed = true;
            }
            ended.countDown();
            if (!closing || !status.isOk()) {
                acknowledgements.refused("stream ended: " + status.getCode());
            }
        }
    }

    /** Messages that are bytes already. */
    private static final class EncodedMarshaller implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new Encoded(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try (stream) {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static final class Encoded extends ByteArrayInputStream implements KnownLength {
        Encoded(byte[] bytes) {
            super(bytes);
        }
    }
}
