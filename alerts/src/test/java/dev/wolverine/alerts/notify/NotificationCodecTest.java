package dev.wolverine.alerts.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wolverine.alerts.notify.Notification.State;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NotificationCodecTest {

    @ParameterizedTest
    @EnumSource(State.class)
    void readsWhatItWrote(State state) {
        Notification notification =
                Notifications.of(UUID.randomUUID(), UUID.randomUUID(), 3, state, 12);
        assertThat(NotificationCodec.read(NotificationCodec.write(notification)))
                .isEqualTo(notification);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{\"eventId\":\"x\"}", "7"})
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> NotificationCodec.read(text))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
