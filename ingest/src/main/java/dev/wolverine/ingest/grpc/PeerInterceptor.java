package dev.wolverine.ingest.grpc;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.util.function.Predicate;

/** Refuses calls from addresses that may not speak to this server. Thread-safe. */
final class PeerInterceptor implements ServerInterceptor {

    private final Predicate<String> mayCall;

    /**
     * @param mayCall asked with the peer's address, without zone
     */
    PeerInterceptor(Predicate<String> mayCall) {
        this.mayCall = mayCall;
    }

    @Override
    public <T, R> ServerCall.Listener<T> interceptCall(
            ServerCall<T, R> call, Metadata headers, ServerCallHandler<T, R> next) {
        if (call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)
                        instanceof InetSocketAddress peer
                && mayCall.test(withoutZone(peer.getAddress().getHostAddress()))) {
            return next.startCall(call, headers);
        }
        call.close(
                Status.PERMISSION_DENIED.withDescription(
                        "this address may not speak in the clear here"
                                + " (expected: TLS, or a proxy that is trusted)"),
                new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private static String withoutZone(String address) {
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }
}
