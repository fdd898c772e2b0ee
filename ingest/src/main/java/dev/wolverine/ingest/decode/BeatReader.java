package dev.wolverine.ingest.decode;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.wolverine.db.model.Identity;
import dev.wolverine.proto.v1.Heartbeat;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Reads bodies, and decodes only those that say more than the last one of their instance did apart
 * from a few numbers: nine of ten do not.
 *
 * <p>What was decoded, and found to be as it should be, is kept as a {@link BeatTemplate}, one for
 * each organisation, instance and protocol; where a body does not match it, the decoders have the
 * word, so that templates change nothing but the time it takes. The least used are forgotten beyond
 * the bound. Thread-safe, never blocks.
 */
public final class BeatReader {

    /** Within the message of the call, as the generated parser counts. */
    private static final int RECURSION_LIMIT = 99;

    private static final byte[] JSON_BEGINNING =
            "{\"instanceId\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final int PROTO_BEGINNING = 2;
    private static final int INSTANCE_ID_TAG = Heartbeat.INSTANCE_ID_FIELD_NUMBER << 3 | 2;

    private final JsonHeartbeatDecoder json = new JsonHeartbeatDecoder();
    private final ProtoHeartbeatDecoder proto = new ProtoHeartbeatDecoder();
    private final ThreadLocal<HashStream64> hashing;
    private final Cache<Source, BeatTemplate> templates;
    private final Counter repeated;
    private final Counter decoded;

    /**
     * @param maxBytes of all templates, about; 0: each body is decoded
     * @param random its next number is the seed of all hashes
     */
    public BeatReader(long maxBytes, RandomGenerator random, MeterRegistry meters) {
        Hasher64 hasher = Hashing.komihash5_0(random.nextLong());
        hashing = ThreadLocal.withInitial(hasher::hashStream);
        templates =
                Caffeine.newBuilder()
                        .maximumWeight(maxBytes)
                        .weigher((Source _, BeatTemplate template) -> template.sizeInMemory())
                        .executor(Runnable::run)
                        .build();
        repeated = meters.counter("wolverine.intake.read", "as", "repeated");
        decoded = meters.counter("wolverine.intake.read", "as", "decoded");
        Gauge.builder("wolverine.intake.templates", templates, Cache::estimatedSize)
                .register(meters);
        Gauge.builder("wolverine.intake.templates.bytes", this, BeatReader::bytes).register(meters);
    }

    /**
     * The beat of a JSON body.
     *
     * @param named the instance that the key or a header names, or null
     * @throws UndecodableBeat as {@link JsonHeartbeatDecoder#decode} does
     */
    public DecodedBeat json(UUID organisationId, @Nullable String named, byte[] body)
            throws UndecodableBeat {
        BodySlice slice = BodySlice.of(body);
        String instance = named == null ? instanceOfJson(body) : named;
        if (instance == null || instance.length() > DecodedBeat.MAX_INSTANCE_ID) {
            return decode(body);
        }
        Source source = new Source(organisationId, instance, false);
        RepeatedBeat same = find(source, slice);
        if (same != null) {
            return same;
        }
        HeartbeatDraft draft = decode(body);
        return new NewBeat(draft, beat -> learn(source, slice, draft.blanks(), draft, beat));
    }

    /**
     * The beat of a serialised `wolverine.v1.Heartbeat`.
     *
     * @param named the instance that the key or a header names, or null
     * @throws InvalidProtocolBufferException if the generated parser refuses the bytes
     */
    public ProtoBeat proto(UUID organisationId, @Nullable String named, BodySlice body)
            throws InvalidProtocolBufferException {
        String instance = named == null ? instanceOfProto(body) : named;
        if (instance == null || instance.length() > DecodedBeat.MAX_INSTANCE_ID) {
            return proto(parse(body));
        }
        Source source = new Source(organisationId, instance, true);
        RepeatedBeat same = find(source, body);
        return same == null
                ? new ParsedBeat(parse(body), source, body)
                : new RepeatedProtoBeat(same, body);
    }

    /** The beat of a message that was read otherwise. */
    public ProtoBeat proto(Heartbeat message) {
        return new ParsedBeat(message, null, null);
    }

    private @Nullable RepeatedBeat find(Source source, BodySlice body) {
        BeatTemplate template = templates.getIfPresent(source);
        RepeatedBeat same = template == null ? null : template.match(body, hashing.get());
        if (same != null) {
            repeated.increment();
        }
        return same;
    }

    private HeartbeatDraft decode(byte[] body) throws UndecodableBeat {
        decoded.increment();
        return json.decode(body);
    }

    private void learn(
            Source source,
            BodySlice body,
            Blanks blanks,
            HeartbeatDraft draft,
            dev.wolverine.db.model.Heartbeat heartbeat) {
        if (!draft.isClean()) {
            return;
        }
        BeatTemplate template =
                BeatTemplate.of(body, blanks, draft.instanceId(), heartbeat, hashing.get());
        if (template != null) {
            templates.put(source, template);
        }
    }

    private static Heartbeat parse(BodySlice body) throws InvalidProtocolBufferException {
        CodedInputStream in =
                CodedInputStream.newInstance(body.bytes(), body.offset(), body.length());
        in.setRecursionLimit(RECURSION_LIMIT);
        Heartbeat message = Heartbeat.parser().parseFrom(in);
        in.checkLastTagWas(0);
        return message;
    }

    /** A guess where to look: the id in a template is the one that its own body has. */
    private static @Nullable String instanceOfJson(byte[] body) {
        int start = JSON_BEGINNING.length;
        if (body.length <= start || !Arrays.equals(body, 0, start, JSON_BEGINNING, 0, start)) {
            return null;
        }
        int limit = Math.min(body.length, start + DecodedBeat.MAX_INSTANCE_ID + 1);
        int end = start;
        while (end < limit && body[end] != '"') {
            end++;
        }
        return end == limit ? null : text(body, start, end);
    }

    private static @Nullable String instanceOfProto(BodySlice body) {
        byte[] bytes = body.bytes();
        int start = body.offset() + PROTO_BEGINNING;
        if (body.length() < PROTO_BEGINNING || bytes[start - 2] != INSTANCE_ID_TAG) {
            return null;
        }
        int length = bytes[start - 1];
        return length <= 0 || PROTO_BEGINNING + length > body.length()
                ? null
                : text(bytes, start, start + length);
    }

    private static String text(byte[] bytes, int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    private double bytes() {
        return templates
                .policy()
                .eviction()
                .map(eviction -> eviction.weightedSize().orElse(0))
                .orElse(0L);
    }

    /** Whose bodies repeat each other. */
    private record Source(UUID organisationId, String instanceId, boolean isProtobuf) {}

    /** A beat that was decoded: becomes a template when it turns out to be one to keep. */
    private record NewBeat(
            HeartbeatDraft draft, Consumer<dev.wolverine.db.model.Heartbeat> whenBuilt)
            implements DecodedBeat {

        @Override
        public @Nullable String instanceId() {
            return draft.instanceId();
        }

        @Override
        public @Nullable String name() {
            return draft.name();
        }

        @Override
        public @Nullable Integer port() {
            return draft.port();
        }

        @Override
        public @Nullable Long timestampMillis() {
            return draft.timestampMillis();
        }

        @Override
        public boolean isTimestampOdd() {
            return draft.isTimestampOdd();
        }

        @Override
        public dev.wolverine.db.model.Heartbeat build(
                Identity identity, Instant timestamp, Instant receivedAt, int moreFlags) {
            var heartbeat = draft.build(identity, timestamp, receivedAt, moreFlags);
            whenBuilt.accept(heartbeat);
            return heartbeat;
        }
    }

    private record RepeatedProtoBeat(RepeatedBeat decode, BodySlice slice) implements ProtoBeat {
        /** As the generated classes would write it, like all others. */
        @Override
        public byte[] body() {
            try {
                return parse(slice).toByteArray();
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("was a message when its like was learned", e);
            }
        }
    }

    /** With where it came from, if the next is to be held against it. */
    private final class ParsedBeat implements ProtoBeat {
        private final Heartbeat message;
        private final @Nullable Source source;
        private final @Nullable BodySlice slice;

        ParsedBeat(Heartbeat message, @Nullable Source source, @Nullable BodySlice slice) {
            this.message = message;
            this.source = source;
            this.slice = slice;
        }

        @Override
        public DecodedBeat decode() throws UndecodableBeat {
            decoded.increment();
            HeartbeatDraft draft = proto.decode(message);
            return source == null || slice == null
                    ? draft
                    : new NewBeat(draft, beat -> learnFrom(source, slice, draft, beat));
        }

        @Override
        public byte[] body() {
            return message.toByteArray();
        }

        private void learnFrom(
                Source from,
                BodySlice bytes,
                HeartbeatDraft draft,
                dev.wolverine.db.model.Heartbeat heartbeat) {
            try {
                learn(from, bytes, ProtoBlanks.in(bytes), draft, heartbeat);
            } catch (IOException e) {
                // Groups: decoded each time.
            }
        }
    }
}
