package dev.wolverine.web.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SameOriginTest {

    @Test
    void ourOwnPageIsProvenByEitherHeader() {
        assertThat(SameOrigin.isProven("same-origin", null, "a:8080")).isTrue();
        assertThat(SameOrigin.isProven(null, "http://a:8080", "a:8080")).isTrue();
        assertThat(SameOrigin.isProven("same-origin", "https://A", "a")).isTrue();
    }

    @Test
    void anythingElseIsNot() {
        assertThat(SameOrigin.isProven(null, null, "a")).isFalse();
        assertThat(SameOrigin.isProven("cross-site", "http://a", "a")).isFalse();
        assertThat(SameOrigin.isProven("same-site", null, "a")).isFalse();
        assertThat(SameOrigin.isProven("none", null, "a")).isFalse();
        assertThat(SameOrigin.isProven("same-origin", "http://evil", "a")).isFalse();
        assertThat(SameOrigin.isProven(null, "http://a:8081", "a:8080")).isFalse();
        assertThat(SameOrigin.isProven(null, "null", "a")).isFalse();
        assertThat(SameOrigin.isProven(null, "http://a.evil", "a")).isFalse();
        assertThat(SameOrigin.isProven(null, "http://a", null)).isFalse();
    }
}
