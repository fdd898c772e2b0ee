package dev.wolverine.ingest.grpc;

import dev.wolverine.db.model.Principal;
import dev.wolverine.ingest.KeyAuthenticator;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets a call begin once its bearer key is proved. The look-up never blocks: what the client does
 * meanwhile waits in the listener, and no message can arrive before the call asks for one.
 */
final class KeyInterceptor implements ServerInterceptor {

    static final Context.Key<Principal> PRINCIPAL = Context.key("principal");
    static final Context.Key<String> INSTANCE = Context.key("instance");

    /** How a call ends whose key does. */
    static final Status ENDED =
            Status.UNAUTHENTICATED.withDescription("the key is unknown, expired or revoked");

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> INSTANCE_ID =
            Metadata.Key.of("x-instance-id", Metadata.ASCII_STRING_MARSHALLER);
    private static final String BEARER = "bearer ";

    private final KeyAuthenticator keys;
    private final Set<String> open;

    /**
     * @param open full names of methods and services that need no key
     */
    KeyInterceptor(KeyAuthenticator keys, Set<String> open) {
        this.keys = keys;
        this.open = Set.copyOf(open);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String service = call.getMethodDescriptor().getServiceName();
        if (open.contains(call.getMethodDescriptor().getFullMethodName())
                || service != null && open.contains(service)) {
            return next.startCall(call, headers);
        }
        String authorization = headers.get(AUTHORIZATION);
        if (authorization == null
                || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return refuse(
                    call,
                    Status.UNAUTHENTICATED.withDescription(
                            "no key (expected: authorization: Bearer wlvk_...)"));
        }
        String instance = headers.get(INSTANCE_ID);
        WaitingListener<Q> listener = new WaitingListener<>();
        keys.authenticate(authorization.substring(BEARER.length()).strip())
                .whenComplete((principal, failure) -> {
                    if (failure != null) {
                        listener.become(
                                refuse(
                                        call,
                                        Status.UNAVAILABLE.withDescription(
                                                "the key could not be looked up: try again")));
                    } else {
                        listener.become(begin(call, headers, next, principal, instance));
                    }
                });
        return listener;
    }

    private static <Q, A> ServerCall.Listener<Q> begin(
            ServerCall<Q, A> call,
            Metadata headers,
            ServerCallHandler<Q, A> next,
            Optional<Principal> principal,
            @Nullable String instance) {
        if (principal.isEmpty()) {
            return refuse(call, ENDED);
        }
        Context context = Context.current().withValue(PRINCIPAL, principal.get());
        if (instance != null) {
            context = context.withValue(INSTANCE, instance);
        }
        return Contexts.interceptCall(context, call, headers, next);
    }

    private static <Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call, Status status) {
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {};
    }

    /** Keeps what happens until the real listener is there, and then passes it on in order. */
    private static final class WaitingListener<Q> extends ServerCall.Listener<Q> {
        private final List<Runnable> waiting = new ArrayList<>();
        private ServerCall.@Nullable Listener<Q> listener;

        void become(ServerCall.Listener<Q> real) {
            synchronized (waiting) {
                listener = real;
                waiting.forEach(Runnable::run);
                waiting.clear();
            }
        }

        @Override
        public void onMessage(Q message) {
            pass(to -> to.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            pass(ServerCall.Listener::onHalfClose);
        }

        @Override
        public void onCancel() {
            pass(ServerCall.Listener::onCancel);
        }

        @Override
        public void onComplete() {
            pass(ServerCall.Listener::onComplete);
        }

        @Override
        public void onReady() {
            pass(ServerCall.Listener::onReady);
        }

        private void pass(java.util.function.Consumer<ServerCall.Listener<Q>> event) {
            ServerCall.Listener<Q> real;
            synchronized (waiting) {
                if (listener == null) {
                    waiting.add(() -> event.accept(java.util.Objects.requireNonNull(listener)));
                    return;
                }
                real = listener;
            }
            event.accept(real);
        }
    }
}
