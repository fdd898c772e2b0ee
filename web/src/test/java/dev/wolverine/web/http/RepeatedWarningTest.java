package dev.wolverine.web.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RepeatedWarningTest {

    private long nanos = -Duration.ofHours(1).toNanos();

    @Test
    void saysItOnceInAWhileAndCountsTheRest() {
        Logger log = (Logger) LoggerFactory.getLogger(RepeatedWarningTest.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        log.addAppender(said);
        RepeatedWarning warning = new RepeatedWarning(log, Duration.ofSeconds(10), () -> nanos);

        for (int second = 0; second < 25; second++) {
            warning.warn("POST /x", "away");
            nanos += Duration.ofSeconds(1).toNanos();
        }

        assertThat(said.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "POST /x: away",
                        "POST /x: away (and 9 more times since this was said last)",
                        "POST /x: away (and 9 more times since this was said last)");
    }
}
