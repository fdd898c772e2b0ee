package dev.wolverine.ingest.grpc;

import com.google.protobuf.Message;
import dev.wolverine.ingest.decode.MendedProtobuf;
import io.grpc.BindableService;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads requests as the generated marshaller does, and a second time where that refuses a text that
 * is not UTF-8: such a text ends no stream, and harms no other beat of its message.
 *
 * <p>Thread-safe.
 */
final class MendingMarshaller<T extends Message> implements MethodDescriptor.Marshaller<T> {

    private final MethodDescriptor.PrototypeMarshaller<T> generated;
    private final T prototype;

    /** Stands for bytes that are no message: what is thrown here would be taken for our fault. */
    private final Object unreadable;

    private MendingMarshaller(MethodDescriptor.PrototypeMarshaller<T> generated, T prototype) {
        this.generated = generated;
        this.prototype = prototype;
        unreadable = prototype.newBuilderForType().build();
    }

    /** The service, with every request read like this. */
    static ServerServiceDefinition of(BindableService service) {
        ServerServiceDefinition bound = service.bindService();
        List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
        for (ServerMethodDefinition<?, ?> method : bound.getMethods()) {
            methods.add(mending(method));
        }
        ServiceDescriptor.Builder descriptor =
                ServiceDescriptor.newBuilder(bound.getServiceDescriptor().getName())
                        .setSchemaDescriptor(bound.getServiceDescriptor().getSchemaDescriptor());
        methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder mending =
                ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(mending::addMethod);
        return mending.build();
    }

    private static <Q, A> ServerMethodDefinition<Q, A> mending(
            ServerMethodDefinition<Q, A> method) {
        MethodDescriptor<Q, A> descriptor = method.getMethodDescriptor();
        if (!(descriptor.getRequestMarshaller()
                        instanceof MethodDescriptor.PrototypeMarshaller<Q> generated
                && generated.getMessagePrototype() instanceof Message prototype)) {
            throw new IllegalArgumentException(
                    descriptor.getFullMethodName() + " (expected: requests in protobuf)");
        }
        @SuppressWarnings({"unchecked", "rawtypes"})
        MendingMarshaller<?> marshaller = new MendingMarshaller(generated, prototype);
        @SuppressWarnings("unchecked")
        MethodDescriptor.Marshaller<Q> requests = (MethodDescriptor.Marshaller<Q>) marshaller;
        return ServerMethodDefinition.create(
                descriptor.toBuilder(requests, descriptor.getResponseMarshaller()).build(),
                (call, headers) ->
                        new Refusing<>(
                                method.getServerCallHandler().startCall(call, headers),
                                call,
                                marshaller.unreadable));
    }

    @Override
    public InputStream stream(T message) {
        return generated.stream(message);
    }

    @Override
    public T parse(InputStream bytes) {
        try {
            InputStream twice =
                    bytes.markSupported() ? bytes : new ByteArrayInputStream(bytes.readAllBytes());
            twice.mark(Integer.MAX_VALUE);
            return parseTwice(twice);
        } catch (IOException e) {
            @SuppressWarnings("unchecked")
            T none = (T) unreadable;
            return none;
        }
    }

    private T parseTwice(InputStream bytes) throws IOException {
        try {
            return generated.parse(bytes);
        } catch (StatusRuntimeException refused) {
            bytes.reset();
            return MendedProtobuf.parse(prototype, bytes.readAllBytes());
        }
    }

    /** Ends a call at the first message that is none. */
    private static final class Refusing<Q, A>
            extends ForwardingServerCallListener.SimpleForwardingServerCallListener<Q> {
        private final ServerCall<Q, A> call;
        private final Object unreadable;
        private boolean refused;

        Refusing(ServerCall.Listener<Q> listener, ServerCall<Q, A> call, Object unreadable) {
            super(listener);
            this.call = call;
            this.unreadable = unreadable;
        }

        @Override
        public void onMessage(Q message) {
            if (message != unreadable) {
                super.onMessage(message);
            } else if (!refused) {
                refused = true;
                super.onCancel();
                call.close(
                        Status.INVALID_ARGUMENT.withDescription("the message is not protobuf"),
                        new Metadata());
            }
        }

        @Override
        public void onHalfClose() {
            if (!refused) {
                super.onHalfClose();
            }
        }
    }
}
