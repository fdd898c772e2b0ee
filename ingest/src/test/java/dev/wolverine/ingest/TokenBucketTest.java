package dev.wolverine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenBucketTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void givesItsBurstAndThenOneTokenASecond() {
        TokenBucket bucket = new TokenBucket(SECOND, 3, 0);

        assertThat(taken(bucket, 0)).isEqualTo(3);
        assertThat(bucket.take(SECOND / 4)).isEqualTo(SECOND * 3 / 4);
        assertThat(taken(bucket, SECOND)).isEqualTo(1);
        assertThat(taken(bucket, 100 * SECOND)).isEqualTo(3);
    }

    @Test
    void whatIsRefusedCostsNothing() {
        TokenBucket bucket = new TokenBucket(SECOND, 1, 0);
        taken(bucket, 0);
        for (int i = 0; i < 1_000; i++) {
            bucket.take(0);
        }
        assertThat(bucket.take(SECOND)).isZero();
    }

    @Test
    void aTokenGivenBackCanBeTakenAgainButAFullBucketDoesNotOverflow() {
        TokenBucket bucket = new TokenBucket(SECOND, 2, 0);
        taken(bucket, 0);
        bucket.giveBack();
        assertThat(taken(bucket, 0)).isEqualTo(1);
        for (int i = 0; i < 10; i++) {
            bucket.giveBack();
        }
        assertThat(taken(bucket, 0)).isEqualTo(2);
    }

    @Test
    void survivesTheEndOfNanoTime() {
        long last = Long.MAX_VALUE;
        TokenBucket bucket = new TokenBucket(SECOND, 2, last);
        assertThat(taken(bucket, last)).isEqualTo(2);
        assertThat(taken(bucket, last + SECOND)).isEqualTo(1);
    }

    private static int taken(TokenBucket bucket, long now) {
        int taken = 0;
        while (bucket.take(now) == 0) {
            taken++;
        }
        return taken;
    }
}
