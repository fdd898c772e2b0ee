package dev.wolverine.web.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SessionCookieTest {

    @Test
    void overTlsItIsBoundToTheHost() {
        assertThat(new SessionCookie(true).set("abc"))
                .isEqualTo("__Host-wlv=abc; Path=/; Max-Age=43200; Secure; HttpOnly; SameSite=Lax");
    }

    @Test
    void overPlainHttpItIsOneThatEveryBrowserTakes() {
        assertThat(new SessionCookie(false).set("abc"))
                .isEqualTo("wlv=abc; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax");
    }

    @Test
    void clearingIsTheSameCookieWithNoTimeLeft() {
        assertThat(new SessionCookie(true).clear())
                .isEqualTo("__Host-wlv=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
    }
}
