package dev.wolverine.web.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request comes from our own pages, by what browsers say and pages cannot change: {@code
 * Sec-Fetch-Site}, else {@code Origin} against {@code Host}. A proxy in front must pass Host on.
 */
public final class SameOrigin {

    private static final String SEC_FETCH_SITE = "Sec-Fetch-Site";

    private SameOrigin() {}

    /** A browser says that the request is from our own page. */
    public static boolean isProven(HttpServerRequest request) {
        return isProven(
                request.getHeader(SEC_FETCH_SITE),
                request.getHeader(HttpHeaders.ORIGIN),
                request.getHeader(HttpHeaders.HOST));
    }

    /** A browser says that the request is from somewhere else; scripts say nothing. */
    public static boolean isForeign(HttpServerRequest request) {
        boolean saysNothing =
                request.getHeader(SEC_FETCH_SITE) == null
                        && request.getHeader(HttpHeaders.ORIGIN) == null;
        return !saysNothing && !isProven(request);
    }

    static boolean isProven(
            @Nullable String secFetchSite, @Nullable String origin, @Nullable String host) {
        if (secFetchSite != null && !secFetchSite.equals("same-origin")) {
            return false;
        }
        if (origin != null) {
            return host != null
                    && (origin.equalsIgnoreCase("http://" + host)
                            || origin.equalsIgnoreCase("https://" + host));
        }
        return secFetchSite != null;
    }
}
