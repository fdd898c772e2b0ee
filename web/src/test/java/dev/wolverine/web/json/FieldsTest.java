package dev.wolverine.web.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FieldsTest {

    @Test
    void timesHaveMillisecondsAlways() {
        assertThat(Fields.iso(Instant.parse("2026-11-21T09:05:03Z")))
                .isEqualTo("2026-11-21T09:05:03.000Z");
        assertThat(Fields.iso(Instant.parse("2026-01-01T00:00:00.007999Z")))
                .isEqualTo("2026-01-01T00:00:00.007Z");
        assertThat(Fields.iso(Instant.parse("1969-12-31T23:59:59.999Z")))
                .isEqualTo("1969-12-31T23:59:59.999Z");
        assertThat(Fields.iso(Instant.parse("0999-12-31T00:00:00Z")))
                .isEqualTo("0999-12-31T00:00:00.000Z");
    }

    @Test
    void timesAreReadBackAsTheyWere() {
        Random random = new Random(11);
        for (int i = 0; i < 10_000; i++) {
            Instant time =
                    Instant.ofEpochMilli(
                            random.nextLong(-3_000_000_000_000L, 250_000_000_000_000L));
            assertThat(Instant.parse(Fields.iso(time)))
                    .isEqualTo(time.truncatedTo(ChronoUnit.MILLIS));
            assertThat(Fields.iso(time)).hasSize(24);
        }
    }
}
