package dev.wolverine.web.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketFrame;
import org.junit.jupiter.api.Test;

class TextMessagesTest {

    private final TextMessages messages = new TextMessages();

    @Test
    void aMessageMayBeCutInTheMiddleOfACharacter() throws Exception {
        Buffer wolf = Buffer.buffer("🐺");

        assertThat(messages.accept(wolf.getBuffer(0, 2), false, 10)).isEmpty();
        assertThat(messages.accept(wolf.getBuffer(2, 4), true, 10)).contains("🐺");
        assertThat(messages.accept(Buffer.buffer("next"), true, 10)).contains("next");
    }

    @Test
    void whatIsNotUtf8IsRefused() {
        assertThatThrownBy(() ->
                        messages.accept(Buffer.buffer(new byte[] {(byte) 0xC3, 0x28}), true, 10))
                .isInstanceOfSatisfying(
                        TextMessages.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo(CloseCode.NOT_UTF_8));
    }

    @Test
    void theBoundHoldsOverAllFramesOfAMessage() throws Exception {
        assertThat(messages.accept(Buffer.buffer("12345"), false, 8)).isEmpty();
        assertThatThrownBy(() -> messages.accept(Buffer.buffer("6789"), false, 8))
                .isInstanceOfSatisfying(
                        TextMessages.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo(CloseCode.TOO_LARGE));
    }

    @Test
    void binaryIsRefusedAndControlFramesArePassedOver() throws Exception {
        assertThatThrownBy(() ->
                        messages.accept(WebSocketFrame.binaryFrame(Buffer.buffer("x"), true), 8))
                .isInstanceOf(TextMessages.Refused.class);
        assertThat(messages.accept(WebSocketFrame.pingFrame(Buffer.buffer("x")), 8)).isEmpty();
        assertThat(messages.accept(WebSocketFrame.textFrame("ok", true), 8)).contains("ok");
    }
}
