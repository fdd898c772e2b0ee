package dev.wolverine.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.wolverine.web.http.Problem;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** What comes from outside is read within its bounds, or refused with a status below 500. */
class InputsFuzzTest {
    private static final int MAX_BODY = 1 << 20;
    private static final Instant NOW = Instant.ofEpochMilli(1_795_000_000_000L);

    @FuzzTest(maxDuration = "5s")
    void gzipIsUnpackedWithinItsBounds(byte[] packed) {
        try {
            assertThat(GzipBody.unpack(packed, MAX_BODY).length)
                    .isLessThanOrEqualTo(Math.min(MAX_BODY, packed.length * GzipBody.MAX_RATIO));
        } catch (Problem refused) {
            assertThat(refused.status()).isBetween(400, 499);
        }
    }

    /** Lines of name=value. */
    @FuzzTest(maxDuration = "5s")
    void queryParametersAreUnderstoodOrRefused(byte[] bytes) {
        MultiMap query = MultiMap.caseInsensitiveMultiMap();
        for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", 20)) {
            int cut = line.indexOf('=');
            if (cut > 0) {
                query.add(line.substring(0, cut), line.substring(cut + 1));
            }
        }
        Parameters parameters = new Parameters(query);
        refusedAtMost(parameters::fleet);
        refusedAtMost(parameters::quarantine);
        refusedAtMost(parameters::page);
        refusedAtMost(parameters::auditFile);
        refusedAtMost(() -> parameters.range(NOW));
    }

    private static void refusedAtMost(Runnable reading) {
        try {
            reading.run();
        } catch (Problem refused) {
            assertThat(refused.status()).isEqualTo(400);
        }
    }
}
