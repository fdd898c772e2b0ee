package dev.wolverine.ingest.decode;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.wolverine.db.model.Snapshot.Counter;
import dev.wolverine.db.model.Snapshot.Dimension;
import dev.wolverine.db.model.Snapshot.Unit;
import dev.wolverine.proto.v1.ModelCategoryUsage;
import dev.wolverine.proto.v1.Usage;
import java.io.IOException;

/**
 * Reads the bytes of a `wolverine.v1.Usage` without building its messages, as long as they are as
 * the stock client writes them: known fields, each once, in UTF-8. All else is the generated
 * parser's.
 */
final class ProtoUsageDecoder {

    private static final Counter[] COUNTERS = Counter.values();

    /** A value that is rejected costs the beat this decoder: nobody asks for its place. */
    private static final Pointer NOWHERE = () -> "";

    private static final int KEY = 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int VALUE = 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int MODEL =
            ModelCategoryUsage.MODEL_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int CATEGORY =
            ModelCategoryUsage.CATEGORY_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int PAIR_COUNTERS =
            ModelCategoryUsage.COUNTERS_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

    private final HeartbeatDraft draft;
    private final CodedInputStream in;

    private ProtoUsageDecoder(HeartbeatDraft draft, CodedInputStream in) {
        this.draft = draft;
        this.in = in;
    }

    /**
     * Adds the usage to the draft.
     *
     * @throws IOException if it is not as usual: the draft is spoilt then
     */
    static void decode(HeartbeatDraft draft, CodedInputStream in) throws IOException {
        new ProtoUsageDecoder(draft, in).usage();
        if (!draft.isClean() || draft.isTooLarge() || draft.hasKeysTwice()) {
            throw odd();
        }
    }

    private void usage() throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case Usage.TOTAL_TOKENS_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT ->
                        draft.tokens(in.readInt64(), NOWHERE);
                case Usage.TOTAL_CALLS_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT ->
                        draft.calls(in.readInt64(), NOWHERE);
                case Usage.TOTAL_COST_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_FIXED64 ->
                        draft.cost(in.readDouble(), NOWHERE);
                case Usage.TOTAL_CACHE_SAVINGS_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_FIXED64 ->
                        draft.cacheSavings(in.readDouble(), NOWHERE);
                case Usage.BY_MODEL_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED ->
                        entry(Dimension.MODEL);
                case Usage.BY_CATEGORY_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED ->
                        entry(Dimension.CATEGORY);
                case Usage.BY_TOOL_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED ->
                        entry(Dimension.TOOL);
                case Usage.BY_PROVIDER_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED ->
                        entry(Dimension.PROVIDER);
                case Usage.BY_MODEL_CATEGORY_FIELD_NUMBER << 3
                                | WireFormat.WIRETYPE_LENGTH_DELIMITED ->
                        modelCategory();
                default -> throw odd();
            }
        }
    }

    /** Of a map: its key, and then its value. */
    private void entry(Dimension dimension) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        if (in.readTag() != KEY) {
            throw odd();
        }
        UsageDraft entry = new UsageDraft(dimension, draft.mapKey(in.readStringRequireUtf8()), "");
        if (in.readTag() != VALUE) {
            throw odd();
        }
        counters(entry);
        end(outer);
        draft.usage(entry);
    }

    private void modelCategory() throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        UsageDraft entry = new UsageDraft(Dimension.MODEL_CATEGORY, "", "");
        int before = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag <= before) {
                throw odd();
            }
            before = tag;
            switch (tag) {
                case MODEL -> entry.key(draft.key(in.readStringRequireUtf8()));
                case CATEGORY -> entry.category(draft.key(in.readStringRequireUtf8()));
                case PAIR_COUNTERS -> counters(entry);
                default -> throw odd();
            }
        }
        in.popLimit(outer);
        draft.usage(entry);
    }

    /** Their fields have the order of {@link Counter}, which only ever grows at its end. */
    private void counters(UsageDraft entry) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int number = WireFormat.getTagFieldNumber(tag);
            if (number > COUNTERS.length) {
                throw odd();
            }
            Counter counter = COUNTERS[number - 1];
            int type = WireFormat.getTagWireType(tag);
            if (counter.unit() == Unit.COUNT && type == WireFormat.WIRETYPE_VARINT) {
                draft.counter(entry, counter, in.readInt64(), NOWHERE);
            } else if (counter.unit() != Unit.COUNT && type == WireFormat.WIRETYPE_FIXED64) {
                draft.counter(entry, counter, in.readDouble(), NOWHERE);
            } else {
                throw odd();
            }
        }
        in.popLimit(outer);
    }

    private void end(int outer) throws IOException {
        if (!in.isAtEnd()) {
            throw odd();
        }
        in.popLimit(outer);
    }

    private static IOException odd() {
        return new IOException("usage that the stock client would write otherwise");
    }
}
