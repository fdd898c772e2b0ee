package dev.wolverine.web.http;

import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.SessionRecord;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A principal with the credential that proved it.
 *
 * @param credentialId what a revocation names: `key:<id>` or `session:<hash>`, no secret
 * @param session where the credential is a session
 * @param proof proves the credential again: empty once it is revoked or has ended
 */
public record Caller(
        Principal principal,
        String credentialId,
        @Nullable SessionRecord session,
        Supplier<CompletionStage<Optional<Caller>>> proof) {

    private static final String KEY = Caller.class.getName();

    void mark(RoutingContext context) {
        context.put(KEY, this);
    }

    /** Who calls; empty where nobody had to say. */
    public static Optional<Caller> find(RoutingContext context) {
        return Optional.ofNullable(context.<Caller>get(KEY));
    }

    /** Who calls an operation that is not public. */
    public static Caller of(RoutingContext context) {
        return find(context)
                .orElseThrow(() -> new IllegalStateException("operation without a caller"));
    }

    @Override
    public String toString() {
        return "Caller[" + principal.subject() + "]";
    }
}
