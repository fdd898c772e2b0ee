package dev.wolverine.ingest.decode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;

/**
 * Reads messages that the generated parser refuses because a text in them is not UTF-8: one such
 * text, of one beat, must not cost the whole message.
 *
 * <p>What is no character becomes NUL, which the decoder mends like any other, and says so. Only
 * for messages that were refused: takes several times as long as the generated parser. Stateless.
 */
public final class MendedProtobuf {

    private MendedProtobuf() {}

    /**
     * The message with its texts mended.
     *
     * @param prototype any message of the type
     * @throws InvalidProtocolBufferException if the bytes are no such message for another reason
     */
    public static <T extends Message> T parse(T prototype, byte[] bytes)
            throws InvalidProtocolBufferException {
        UnknownFieldSet mended =
                mend(prototype.getDescriptorForType(), UnknownFieldSet.parseFrom(bytes));
        @SuppressWarnings("unchecked")
        T message = (T) prototype.getParserForType().parseFrom(mended.toByteString());
        return message;
    }

    private static UnknownFieldSet mend(Descriptor message, UnknownFieldSet fields)
            throws InvalidProtocolBufferException {
        UnknownFieldSet.Builder mended = UnknownFieldSet.newBuilder(fields);
        for (var entry : fields.asMap().entrySet()) {
            FieldDescriptor field = message.findFieldByNumber(entry.getKey());
            if (field != null && isTextOrMessage(field)) {
                mended.clearField(entry.getKey())
                        .addField(entry.getKey(), mend(field, entry.getValue()));
            }
        }
        return mended.build();
    }

    private static boolean isTextOrMessage(FieldDescriptor field) {
        return field.getType() == FieldDescriptor.Type.STRING
                || field.getType() == FieldDescriptor.Type.MESSAGE;
    }

    private static UnknownFieldSet.Field mend(FieldDescriptor field, UnknownFieldSet.Field values)
            throws InvalidProtocolBufferException {
        UnknownFieldSet.Field.Builder mended = UnknownFieldSet.Field.newBuilder();
        for (ByteString value : values.getLengthDelimitedList()) {
            mended.addLengthDelimited(
                    field.getType() == FieldDescriptor.Type.STRING
                            ? mend(value)
                            : mend(field.getMessageType(), UnknownFieldSet.parseFrom(value))
                                    .toByteString());
        }
        return mended.build();
    }

    private static ByteString mend(ByteString text) {
        return text.isValidUtf8()
                ? text
                : ByteString.copyFromUtf8(text.toStringUtf8().replace('\uFFFD', '\0'));
    }
}
