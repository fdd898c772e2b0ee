package dev.wolverine.alerts.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.configuration.GreenMailConfiguration;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.notify.MailSettings.Encryption;
import dev.wolverine.alerts.notify.Notification.State;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EmailNotifierTest extends NotifierContract {

    private static final String PASSWORD = "canarySecretOfMail";

    private static final Target ANN = new Target.Email(List.of("ann@example.com"));

    private final MisbehavingMailServer server = new MisbehavingMailServer();
    private final EmailNotifier notifier =
            new EmailNotifier(settings(server.port(), Optional.empty(), Encryption.NONE), CLOCK);

    @AfterEach
    void stop() {
        notifier.close();
        server.close();
    }

    @Override
    Notifier notifier() {
        return notifier;
    }

    @Override
    Target target() {
        return new Target.Email(List.of("ann@example.com", "bob@example.com"));
    }

    @Override
    List<String> secrets() {
        return List.of(PASSWORD);
    }

    @Override
    List<String> addresses() {
        return List.of();
    }

    @Override
    void calm() {
        server.well();
    }

    @Override
    Map<String, Trouble> troubles() {
        Map<String, Trouble> troubles = new LinkedHashMap<>();
        for (String step : List.of("MAIL", "RCPT", "DATA", ".")) {
            for (int code : List.of(421, 450, 451, 452)) {
                troubles.put(step + " " + code, says(step, code, Outcome.Retry.class));
            }
            for (int code : List.of(550, 552, 553, 554)) {
                troubles.put(step + " " + code, says(step, code, Outcome.Failed.class));
            }
        }
        troubles.put("GREETING 421", says("GREETING", 421, Outcome.Retry.class));
        return troubles;
    }

    @Override
    Map<String, Runnable> connectionTroubles() {
        Map<String, Runnable> troubles = new LinkedHashMap<>();
        for (String trouble :
                List.of(
                        MisbehavingMailServer.HANG,
                        MisbehavingMailServer.DRIP,
                        MisbehavingMailServer.RESET)) {
            for (String step : List.of("GREETING", "EHLO", "MAIL", "DATA", ".")) {
                troubles.put(step + " " + trouble, () -> server.says(step, trouble));
            }
        }
        return troubles;
    }

    @Test
    void arrivesAsOneThread() throws MessagingException, IOException {
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.withConfiguration(
                new GreenMailConfiguration()
                        .withUser("wolverine@example.com", "wolverine", PASSWORD));
        mail.start();
        try (EmailNotifier sender =
                new EmailNotifier(
                        settings(
                                mail.getSmtp().getPort(),
                                Optional.of("wolverine"),
                                Encryption.NONE),
                        CLOCK)) {
            UUID group = UUID.randomUUID();
            Notification first = Notifications.of(UUID.randomUUID(), group, 1, State.FIRING, 3);
            Notification second = Notifications.of(UUID.randomUUID(), group, 2, State.RESOLVED, 3);
            for (Notification one : List.of(first, second, second)) {
                assertThat(sender.deliver(ANN, single(one))).isEqualTo(Outcome.delivered(250));
            }

            MimeMessage[] received = mail.getReceivedMessagesForDomain("ann@example.com");
            assertThat(received).hasSize(3);
            assertThat(received[0].getSubject())
                    .isEqualTo("[FIRING] Crash loop on shop-1 (critical)");
            assertThat(received[0].getContent().toString())
                    .contains("- shop-3: 3 restarts in 10 min")
                    .contains(first.link().orElseThrow());
            String thread = "<" + group + "@example.com>";
            for (MimeMessage one : received) {
                assertThat(one.getHeader("References", null)).isEqualTo(thread);
                assertThat(one.getHeader("In-Reply-To", null)).isEqualTo(thread);
            }
            assertThat(received[0].getMessageID()).isNotEqualTo(received[1].getMessageID());
            assertThat(received[1].getMessageID())
                    .as("of another try")
                    .isEqualTo(received[2].getMessageID());
        } finally {
            mail.stop();
        }
    }

    @Test
    void whatAServerIsCalledMakesNoHeader() throws MessagingException {
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        try (EmailNotifier sender =
                new EmailNotifier(
                        settings(mail.getSmtp().getPort(), Optional.empty(), Encryption.NONE),
                        CLOCK)) {
            String hostile = "shop\r\nBcc: eve@evil.example\r\n\r\nhello\u2028\u202e";
            Notification notification =
                    new Notification(
                            UUID.randomUUID(),
                            UUID.randomUUID(),
                            UUID.randomUUID(),
                            1,
                            State.FIRING,
                            Severity.ERROR,
                            hostile,
                            hostile,
                            "crash_loop",
                            List.of(Notifications.member(State.FIRING, hostile)),
                            1,
                            Notifications.AT,
                            Optional.of("https://a.example/" + hostile),
                            Optional.empty());
            assertThat(sender.deliver(ANN, single(notification))).isEqualTo(Outcome.delivered(250));
            MimeMessage received = mail.getReceivedMessagesForDomain("ann@example.com")[0];
            assertThat(received.getHeader("Bcc")).isNull();
            assertThat(received.getAllRecipients()).hasSize(1);
            assertThat(received.getSubject()).doesNotContain("\r", "\n").contains("Bcc: eve");
        } finally {
            mail.stop();
        }
    }

    @Test
    void aServerWithoutEncryptionGetsNoPassword() {
        try (EmailNotifier sender =
                new EmailNotifier(
                        settings(server.port(), Optional.of("wolverine"), Encryption.STARTTLS),
                        CLOCK)) {
            assertThat(sender.deliver(target(), single(firing())))
                    .isInstanceOf(Outcome.Retry.class);
        }
    }

    private static MailSettings settings(int port, Optional<String> user, Encryption encryption) {
        return new MailSettings(
                "127.0.0.1",
                port,
                encryption,
                user,
                user.map(_ -> new SecretText(PASSWORD)),
                "wolverine@example.com",
                TIMEOUT);
    }

    private Trouble says(String command, int code, Class<? extends Outcome> expected) {
        return new Trouble(() -> server.says(command, code + " no " + PASSWORD), expected);
    }
}
