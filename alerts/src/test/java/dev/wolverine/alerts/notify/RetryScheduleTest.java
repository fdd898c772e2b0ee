package dev.wolverine.alerts.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryScheduleTest {

    @Test
    void waitsLongerAndLongerAndThenNoMore() {
        RetrySchedule middle = new RetrySchedule(() -> 0.5);
        assertThat(middle.after(1)).contains(Duration.ofSeconds(5));
        assertThat(middle.after(4)).contains(Duration.ofMinutes(10));
        assertThat(middle.after(8)).contains(Duration.ofHours(24));
        assertThat(middle.after(9)).isEmpty();
    }

    @Test
    void isNeverMoreThanAFifthOff() {
        assertThat(new RetrySchedule(() -> 0).after(1)).contains(Duration.ofSeconds(4));
        assertThat(new RetrySchedule(() -> 1).after(1)).contains(Duration.ofSeconds(6));
    }
}
