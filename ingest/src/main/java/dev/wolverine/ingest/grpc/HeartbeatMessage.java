package dev.wolverine.ingest.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.WireFormat;
import dev.wolverine.ingest.decode.BodySlice;
import dev.wolverine.ingest.decode.MendedProtobuf;
import dev.wolverine.ingest.decode.ProtoBeat;
import dev.wolverine.proto.v1.Heartbeat;
import dev.wolverine.proto.v1.SendHeartbeatRequest;
import dev.wolverine.proto.v1.StreamHeartbeatsRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The beats of a request, in their order.
 *
 * <p>A request is cut into its beats without being parsed; where that is not as simple as usual, or
 * a beat is none to the generated parser, the parser has the word on the whole request, and where
 * that refuses a text which is not UTF-8, {@link MendedProtobuf}: such a text ends no stream, and
 * harms no other beat of its message.
 *
 * @param firstSequence of the first beat; 0: goes on where the message before ended
 */
record HeartbeatMessage(long firstSequence, List<ProtoBeat> beats) {

    /** No field's number. */
    private static final int NONE = 0;

    /**
     * Reads a message of a stream.
     *
     * @throws InvalidProtocolBufferException if it is none
     */
    static HeartbeatMessage ofStream(byte[] request, Beats beats)
            throws InvalidProtocolBufferException {
        try {
            return cut(
                    request,
                    StreamHeartbeatsRequest.FIRST_SEQUENCE_FIELD_NUMBER,
                    StreamHeartbeatsRequest.HEARTBEATS_FIELD_NUMBER,
                    beats);
        } catch (IOException e) {
            StreamHeartbeatsRequest whole =
                    parse(
                            StreamHeartbeatsRequest.getDefaultInstance(),
                            StreamHeartbeatsRequest.parser(),
                            request);
            return new HeartbeatMessage(
                    whole.getFirstSequence(),
                    whole.getHeartbeatsList().stream().map(beats::of).toList());
        }
    }

    /**
     * Reads the request of a single call.
     *
     * @throws InvalidProtocolBufferException if it is none
     */
    static ProtoBeat ofCall(byte[] request, Beats beats) throws InvalidProtocolBufferException {
        try {
            List<ProtoBeat> all =
                    cut(request, NONE, SendHeartbeatRequest.HEARTBEAT_FIELD_NUMBER, beats).beats;
            if (all.size() == 1) {
                return all.getFirst();
            }
        } catch (IOException e) {
            // The generated parser knows.
        }
        return beats.of(
                parse(
                                SendHeartbeatRequest.getDefaultInstance(),
                                SendHeartbeatRequest.parser(),
                                request)
                        .getHeartbeat());
    }

    /**
     * A request as it usually is.
     *
     * @throws InvalidProtocolBufferException if it is none at all
     */
    static <T extends Message> T parse(T prototype, Parser<T> parser, byte[] request)
            throws InvalidProtocolBufferException {
        try {
            return parser.parseFrom(request);
        } catch (InvalidProtocolBufferException refused) {
            return MendedProtobuf.parse(prototype, request);
        }
    }

    private static HeartbeatMessage cut(byte[] request, int sequence, int heartbeat, Beats beats)
            throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(request);
        long firstSequence = 0;
        List<ProtoBeat> found = new ArrayList<>(1);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == (heartbeat << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                int length = in.readRawVarint32();
                int offset = in.getTotalBytesRead();
                in.skipRawBytes(length);
                found.add(beats.read(new BodySlice(request, offset, length)));
            } else if (tag == (sequence << 3 | WireFormat.WIRETYPE_VARINT)) {
                firstSequence = in.readUInt64();
            } else {
                throw new IOException("another field");
            }
        }
        return new HeartbeatMessage(firstSequence, found);
    }

    /** How beats are read. */
    interface Beats {

        /**
         * One that is a part of the request.
         *
         * @throws InvalidProtocolBufferException if the generated parser refuses it
         */
        ProtoBeat read(BodySlice body) throws InvalidProtocolBufferException;

        /** One that was parsed with the whole of it. */
        ProtoBeat of(Heartbeat message);
    }
}
