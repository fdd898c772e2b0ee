package dev.wolverine.bench.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wolverine.bench.capture.HeartbeatMapping;
import dev.wolverine.proto.v1.StreamHeartbeatsRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A heartbeat that is encoded already: a beat is a copy of it with some numbers written over, which
 * costs a microsecond where encoding would cost ten. Immutable.
 */
final class BodyTemplate {
    private static final int VARIANTS = 45;

    private final BodyFormat format;
    private final byte[] sample;
    private final int id;
    private final int timestamp;
    private final int uptime;
    private final int memory;
    private final SampleHeartbeat.Varying[] varying;
    private final int[] places;

    private BodyTemplate(BodyFormat format, byte[] sample, List<SampleHeartbeat.Varying> varying) {
        this.format = format;
        this.sample = sample;
        this.varying = varying.toArray(SampleHeartbeat.Varying[]::new);
        id = place(SampleHeartbeat.ID.getBytes(StandardCharsets.US_ASCII));
        timestamp = place(format.count(SampleHeartbeat.TIMESTAMP));
        uptime = place(format.count(SampleHeartbeat.UPTIME));
        memory = place(format.money(SampleHeartbeat.MEMORY_MICROS));
        places =
                varying.stream()
                        .mapToInt(number ->
                                place(
                                        number.money()
                                                ? format.money(number.start())
                                                : format.count(number.start())))
                        .toArray();
    }

    /**
     * Variants that differ in what changes. A message of the stream, or a body for HTTP; these are
     * of one length, so that one head of a request fits all.
     */
    static List<BodyTemplate> variants(BodyFormat format) {
        if (format == BodyFormat.PROTOBUF) {
            return IntStream.range(0, VARIANTS).mapToObj(i -> variant(format, i, 0)).toList();
        }
        int longest =
                IntStream.range(0, VARIANTS)
                        .map(i -> variant(format, i, 0).length())
                        .max()
                        .orElse(0);
        return IntStream.range(0, VARIANTS).mapToObj(i -> variant(format, i, longest)).toList();
    }

    private static BodyTemplate variant(BodyFormat format, int number, int length) {
        SampleHeartbeat heartbeat = new SampleHeartbeat(number);
        try {
            byte[] json = new ObjectMapper().writeValueAsBytes(heartbeat.body());
            byte[] bytes =
                    switch (format) {
                        case JSON -> padded(json, length);
                        case PROTOBUF ->
                                StreamHeartbeatsRequest.newBuilder()
                                        .addHeartbeats(new HeartbeatMapping().map(json))
                                        .build()
                                        .toByteArray();
                    };
            return new BodyTemplate(format, bytes, heartbeat.varying());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the sample cannot be written", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** White space may follow a JSON object. */
    private static byte[] padded(byte[] json, int length) {
        byte[] padded = Arrays.copyOf(json, Math.max(json.length, length));
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return padded;
    }

    /** Where these bytes are; they must be there once. */
    private int place(byte[] wanted) {
        int found = -1;
        for (int i = 0; i + wanted.length <= sample.length; i++) {
            if (Arrays.equals(sample, i, i + wanted.length, wanted, 0, wanted.length)) {
                if (found >= 0) {
                    throw new IllegalStateException("a varying value stands twice in the sample");
                }
                found = i;
            }
        }
        if (found < 0) {
            throw new IllegalStateException("a varying value is not in the sample");
        }
        return found;
    }

    int length() {
        return sample.length;
    }

    /**
     * One beat.
     *
     * @param instance sixteen characters
     * @param changes how often this instance has changed until now, under 100,000
     * @param uptimeSeconds under 69,000,000
     */
    byte[] beat(byte[] instance, long changes, long millis, long uptimeSeconds, long memoryMicros) {
        byte[] body = sample.clone();
        System.arraycopy(instance, 0, body, id, instance.length);
        format.writeCount(body, timestamp, millis);
        format.writeCount(body, uptime, SampleHeartbeat.UPTIME + uptimeSeconds);
        format.writeMoney(body, memory, memoryMicros);
        for (int i = 0; i < places.length; i++) {
            long value = varying[i].start() + changes * varying[i].step();
            if (varying[i].money()) {
                format.writeMoney(body, places[i], value);
            } else {
                format.writeCount(body, places[i], value);
            }
        }
        return body;
    }
}
