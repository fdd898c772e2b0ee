package dev.wolverine.ingest.grpc;

import com.google.protobuf.Message;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Hands requests over as their bytes: what they are, the endpoint finds out. What is thrown while a
 * request is parsed would be taken for our fault, and end no call the way that clients understand.
 */
final class RequestBytes implements MethodDescriptor.Marshaller<byte[]> {

    /** The method with requests that nobody has looked at. */
    static <A> MethodDescriptor<byte[], A> of(MethodDescriptor<? extends Message, A> method) {
        return method.toBuilder(new RequestBytes(), method.getResponseMarshaller()).build();
    }

    @Override
    public InputStream stream(byte[] request) {
        return new ByteArrayInputStream(request);
    }

    @Override
    public byte[] parse(InputStream request) {
        try (request) {
            if (!(request instanceof KnownLength)) {
                return request.readAllBytes();
            }
            byte[] bytes = new byte[request.available()];
            int read = request.readNBytes(bytes, 0, bytes.length);
            if (read != bytes.length) {
                throw new IOException("request: " + read + " bytes of " + bytes.length);
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
