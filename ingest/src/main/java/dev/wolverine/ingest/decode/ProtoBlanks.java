package dev.wolverine.ingest.decode;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.wolverine.proto.v1.Heartbeat;
import dev.wolverine.proto.v1.Process;
import dev.wolverine.proto.v1.Routes;
import dev.wolverine.proto.v1.Server;
import dev.wolverine.proto.v1.SlowestRoute;
import java.io.IOException;

/**
 * Finds the narrow numbers in the bytes of a `wolverine.v1.Heartbeat`. A field with the wire type
 * of another is one of a later version to the generated parser, and no number here either.
 */
final class ProtoBlanks {

    private final Blanks blanks = new Blanks();

    /**
     * All of them; of a field that stands there twice the later counts, as for the generated
     * parser.
     *
     * @throws IOException if the bytes are no message, or hold groups
     */
    static Blanks in(BodySlice body) throws IOException {
        ProtoBlanks found = new ProtoBlanks();
        found.heartbeat(CodedInputStream.newInstance(body.bytes(), body.offset(), body.length()));
        return found.blanks;
    }

    private void heartbeat(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
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
        }
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
