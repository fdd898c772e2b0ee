package dev.wolverine.web.session;

/**
 * The cookie of a session.
 *
 * <p>Over TLS it is {@code __Host-wlv} with {@code Secure}: no other host, subdomain or plain page
 * can set or read it. Over plain HTTP it is {@code wlv} without {@code Secure}, on loopback names
 * too: some browsers take a {@code Secure} cookie from {@code http://localhost}, others (Safari)
 * and scripts do not, the {@code __Host-} prefix is refused there by most, and on loopback there is
 * no network between the two ends that {@code Secure} would protect from.
 *
 * @param tls whether the browser reaches us over TLS, here or at a proxy in front
 */
public record SessionCookie(boolean tls) {

    public String name() {
        return tls ? "__Host-wlv" : "wlv";
    }

    /** The value of {@code Set-Cookie} that begins a session. */
    public String set(String token) {
        return name() + "=" + token + attributes(Sessions.LONGEST.toSeconds());
    }

    /** The value of {@code Set-Cookie} that ends it. */
    public String clear() {
        return name() + "=" + attributes(0);
    }

    private String attributes(long maxAgeSeconds) {
        return "; Path=/; Max-Age="
                + maxAgeSeconds
                + (tls ? "; Secure" : "")
                + "; HttpOnly; SameSite=Lax";
    }
}
