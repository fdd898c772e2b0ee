package dev.wolverine.ingest.decode;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
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
import java.util.function.Function;
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

    /** Of so many finds one counts as a use of the template, by which it is kept. */
    private static final int FINDS_A_USE = 8;

    private static final byte[] JSON_BEGINNING =
            "{\"instanceId\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final int PROTO_BEGINNING = 2;
    private static final int INSTANCE_ID_TAG = Heartbeat.INSTANCE_ID_FIELD_NUMBER << 3 | 2;

    private final JsonHeartbeatDecoder json = new JsonHeartbeatDecoder();
    private final ProtoHeartbeatDecoder proto = new ProtoHeartbeatDecoder();
    private final ThreadLocal<Tools> tools;
    private final Cache<Source, BeatTemplate> templates;
    private final Counter repeated;
    private final Counter decoded;

    /**
     * @param maxBytes of all templates, about; 0: each body is decoded
     * @param random its next number is the seed of all hashes
     */
    public BeatReader(long maxBytes, RandomGenerator random, MeterRegistry meters) {
        Hasher64 hasher = Hashing.komihash5_0(random.nextLong());
        tools = ThreadLocal.withInitial(() -> new Tools(hasher.hashStream()));
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
            return proto(ProtoHeartbeatDecoder.parse(body));
        }
        Source source = new Source(organisationId, instance, true);
        RepeatedBeat same = find(source, body);
        if (same != null) {
            return new DecodedProto(same, body);
        }
        ProtoOutline outline;
        try {
            outline = ProtoOutline.of(body);
        } catch (IOException e) {
            return proto(ProtoHeartbeatDecoder.parse(body));
        }
        ProtoBeat beat = proto(source, body, outline);
        decoded.increment();
        return beat;
    }

    private ProtoBeat proto(Source source, BodySlice body, ProtoOutline outline)
            throws InvalidProtocolBufferException {
        HeartbeatDraft draft;
        try {
            draft = proto.decode(outline);
        } catch (IOException | UndecodableBeat e) {
            Heartbeat message = ProtoHeartbeatDecoder.parse(body);
            return new ParsedProto(
                    message,
                    parsed -> new NewBeat(parsed, learning(source, body, outline, parsed)));
        }
        return new DecodedProto(new NewBeat(draft, learning(source, body, outline, draft)), body);
    }

    private Consumer<dev.wolverine.db.model.Heartbeat> learning(
            Source source, BodySlice body, ProtoOutline outline, HeartbeatDraft draft) {
        return heartbeat -> learn(source, body, outline.blanks(), draft, heartbeat);
    }

    /** The beat of a message that was read otherwise. */
    public ProtoBeat proto(Heartbeat message) {
        decoded.increment();
        return new ParsedProto(message, draft -> draft);
    }

    private @Nullable RepeatedBeat find(Source source, BodySlice body) {
        HashStream64 hashing = tools.get().hashing;
        BeatTemplate template = template(source);
        RepeatedBeat same = template == null ? null : template.match(body, hashing);
        if (same != null) {
            repeated.increment();
        }
        return same;
    }

    /** Only now and then told to the cache, which costs more than finding it. */
    private @Nullable BeatTemplate template(Source source) {
        return ++tools.get().finds % FINDS_A_USE == 0
                ? templates.getIfPresent(source)
                : templates.policy().getIfPresentQuietly(source);
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
                BeatTemplate.of(body, blanks, draft.instanceId(), heartbeat, tools.get().hashing);
        if (template != null) {
            templates.put(source, template);
        }
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

    /** What one thread reads with. */
    private static final class Tools {
        private final HashStream64 hashing;
        private int finds;

        Tools(HashStream64 hashing) {
            this.hashing = hashing;
        }
    }

    /** Whose bodies repeat each other. */
    private record Source(UUID organisationId, String instanceId, boolean isProtobuf) {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Source that
                    && instanceId.equals(that.instanceId)
                    && organisationId.equals(that.organisationId)
                    && isProtobuf == that.isProtobuf;
        }

        /** By hand, as equals is: it is asked for several times a beat. */
        @Override
        public int hashCode() {
            return (31 * organisationId.hashCode() + instanceId.hashCode()) * 31
                    + (isProtobuf ? 1 : 0);
        }
    }

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

    private record DecodedProto(DecodedBeat decode, BodySlice slice) implements ProtoBeat {
        /** As the generated classes write it, like that of all others. */
        @Override
        public byte[] body() {
            try {
                return ProtoHeartbeatDecoder.parse(slice).toByteArray();
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("was a message when it was read", e);
            }
        }
    }

    private final class ParsedProto implements ProtoBeat {
        private final Heartbeat message;
        private final Function<HeartbeatDraft, DecodedBeat> thenKept;

        ParsedProto(Heartbeat message, Function<HeartbeatDraft, DecodedBeat> thenKept) {
            this.message = message;
            this.thenKept = thenKept;
        }

        @Override
        public DecodedBeat decode() throws UndecodableBeat {
            return thenKept.apply(proto.decode(message));
        }

        @Override
        public byte[] body() {
            return message.toByteArray();
        }
    }
}
