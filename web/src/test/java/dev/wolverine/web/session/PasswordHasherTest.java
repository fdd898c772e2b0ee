package dev.wolverine.web.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class PasswordHasherTest {

    private final PasswordHasher hasher = new PasswordHasher(new SecureRandom(), 1);

    @Test
    void aPasswordVerifiesAgainstItsOwnHashOnly() {
        String hash = hasher.hash("correct horse");

        assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        assertThat(hasher.verify("correct horse", hash)).isTrue();
        assertThat(hasher.verify("correct horsf", hash)).isFalse();
        assertThat(hasher.hash("correct horse")).isNotEqualTo(hash);
    }

    @Test
    void hashesOfOtherImplementationsVerify() {
        // argon2-cffi: PasswordHasher(time_cost=2, memory_cost=64, parallelism=1) has this shape;
        // the value is the reference implementation's test vector for "password"/"somesalt".
        String reference =
                "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

        assertThat(hasher.verify("password", reference)).isTrue();
        assertThat(hasher.verify("passwore", reference)).isFalse();
    }

    @Test
    void whatIsNoHashVerifiesNothing() {
        assertThat(hasher.verify("x", "")).isFalse();
        assertThat(hasher.verify("x", "$argon2id$v=19$m=99999999,t=2,p=1$AAAA$AAAA")).isFalse();
        assertThat(hasher.verify("x", "$2b$12$abcdefghijklmnopqrstuv")).isFalse();
        assertThat(hasher.verifyNobody("x")).isFalse();
    }
}
