package dev.wolverine.ingest.decode;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.wolverine.proto.v1.Heartbeat;
import dev.wolverine.proto.v1.Process;
import dev.wolverine.proto.v1.Routes;
import dev.wolverine.proto.v1.Server;
import dev.wolverine.proto.v1.SlowestRoute;
import java.io.IOException;
import java.util.Arrays;

/**
 * Where the narrow numbers and the usage are in the bytes of a `wolverine.v1.Heartbeat`. A field
 * with the wire type of another is one of a later version to the generated parser, and neither of
 * them here.
 */
final class ProtoOutline {

    private static final int NONE = -1;

    private final BodySlice body;
    private final Blanks blanks = new Blanks();
    private int usageField = NONE;
    private int usage = NONE;
    private int usageEnd = NONE;
    private boolean isUsageTwice;

    private ProtoOutline(BodySlice body) {
        this.body = body;
    }

    /**
     * Of a number that stands there twice the later counts, as for the generated parser.
     *
     * @throws IOException if the bytes are no message, or hold groups
     */
    static ProtoOutline of(BodySlice body) throws IOException {
        ProtoOutline outline = new ProtoOutline(body);
        outline.heartbeat(CodedInputStream.newInstance(body.bytes(), body.offset(), body.length()));
        return outline;
    }

    Blanks blanks() {
        return blanks;
    }

    boolean hasUsage() {
        return usage != NONE;
    }

    /** The bytes of the usage, which must be there. */
    CodedInputStream usage() {
        return CodedInputStream.newInstance(body.bytes(), body.offset() + usage, usageEnd - usage);
    }

    /**
     * The message without its usage.
     *
     * @throws IOException if it has two
     */
    byte[] withoutUsage() throws IOException {
        if (isUsageTwice) {
            throw new IOException("usage twice");
        }
        if (!hasUsage()) {
            return Arrays.copyOfRange(body.bytes(), body.offset(), body.offset() + body.length());
        }
        int behind = body.length() - usageEnd;
        byte[] rest = new byte[usageField + behind];
        System.arraycopy(body.bytes(), body.offset(), rest, 0, usageField);
        System.arraycopy(body.bytes(), body.offset() + usageEnd, rest, usageField, behind);
        return rest;
    }

    private void heartbeat(CodedInputStream in) throws IOException {
        int field = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case Heartbeat.USAGE_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED ->
                        usage(in, field);
                case Heartbeat.TIMESTAMP_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT ->
                        blank(in, tag, NarrowField.TIMESTAMP, BlankForm.VARINT_64);
                case Heartbeat.SERVER_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED ->
                        within(in, this::server);
                case Heartbeat.PROCESS_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED ->
                        within(in, this::process);
                case Heartbeat.ROUTES_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED ->
                        within(in, this::routes);
                default -> skip(in, tag);
            }
            field = in.getTotalBytesRead();
        }
    }

    private void usage(CodedInputStream in, int field) throws IOException {
        isUsageTwice |= hasUsage();
        int length = in.readRawVarint32();
        usageField = field;
        usage = in.getTotalBytesRead();
        in.skipRawBytes(length);
        usageEnd = in.getTotalBytesRead();
    }

    private void server(CodedInputStream in, int tag) throws IOException {
        switch (tag) {
            case Server.UPTIME_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT ->
                    blank(in, tag, NarrowField.UPTIME_SECONDS, BlankForm.VARINT_64);
            case Server.PID_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT ->
                    blank(in, tag, NarrowField.PID, BlankForm.VARINT_32);
            default -> skip(in, tag);
        }
    }

    private void process(CodedInputStream in, int tag) throws IOException {
        switch (tag) {
            case Process.MEMORY_MB_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_FIXED64 ->
                    blank(in, tag, NarrowField.MEMORY_MB, BlankForm.DOUBLE);
            case Process.CPU_PERCENT_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_FIXED64 ->
                    blank(in, tag, NarrowField.CPU_CENTI_PERCENT, BlankForm.DOUBLE);
            case Process.PEAK_MEMORY_MB_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_FIXED64 ->
                    blank(in, tag, NarrowField.PEAK_MEMORY_MB, BlankForm.DOUBLE);
            default -> skip(in, tag);
        }
    }

    private void routes(CodedInputStream in, int tag) throws IOException {
        switch (tag) {
            case Routes.HEALTHY_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT ->
                    blank(in, tag, NarrowField.HEALTHY_ROUTES, BlankForm.VARINT_32);
            case Routes.UNHEALTHY_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT ->
                    blank(in, tag, NarrowField.UNHEALTHY_ROUTES, BlankForm.VARINT_32);
            case Routes.SLOWEST_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED ->
                    within(in, this::slowest);
            default -> skip(in, tag);
        }
    }

    private void slowest(CodedInputStream in, int tag) throws IOException {
        switch (tag) {
            case SlowestRoute.AVG_MS_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_FIXED64 ->
                    blank(in, tag, NarrowField.SLOWEST_ROUTE_MICROS, BlankForm.DOUBLE);
            default -> skip(in, tag);
        }
    }

    private void blank(CodedInputStream in, int tag, NarrowField field, BlankForm form)
            throws IOException {
        int start = in.getTotalBytesRead();
        skip(in, tag);
        blanks.add(field, form, start, in.getTotalBytesRead());
    }

    private static void skip(CodedInputStream in, int tag) throws IOException {
        if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_START_GROUP) {
            throw new IOException("a group");
        }
        in.skipField(tag);
    }

    private static void within(CodedInputStream in, FieldReader fields) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            fields.read(in, tag);
        }
        in.popLimit(outer);
    }

    @FunctionalInterface
    private interface FieldReader {
        void read(CodedInputStream in, int tag) throws IOException;
    }
}
