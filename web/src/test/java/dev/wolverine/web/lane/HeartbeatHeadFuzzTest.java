package dev.wolverine.web.lane;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.wolverine.web.lane.HeartbeatHead.Reading;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** However a head is cut into packets, it is read the same, and never beyond its end. */
class HeartbeatHeadFuzzTest {

    @FuzzTest(maxDuration = "5s")
    void isReadTheSameHoweverItComes(byte[] bytes) {
        ByteBuf whole = Unpooled.wrappedBuffer(bytes);
        Reading reading = HeartbeatHead.read(whole);

        assertThat(whole.readerIndex()).isZero();
        if (reading instanceof Reading.Complete(HeartbeatHead head)) {
            assertThat(head.length()).isBetween(1, bytes.length);
            assertThat(head.contentLength()).isNotNegative();
            assertThat(HeartbeatHead.read(whole.slice(0, head.length())))
                    .as("without what follows it")
                    .isEqualTo(reading);
            for (int length = 0; length < head.length(); length++) {
                assertThat(HeartbeatHead.read(whole.slice(0, length)))
                        .as("its first %d bytes", length)
                        .isInstanceOf(Reading.Incomplete.class);
            }
        }
    }
}
