package dev.wolverine.alerts.notify;

import dev.wolverine.alerts.notify.MailSettings.Encryption;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.eclipse.angus.mail.util.MailConnectException;

/**
 * Sends mail: one thread for each group of alerts, held together by what every mail of it refers
 * to.
 */
public final class EmailNotifier implements Notifier, AutoCloseable {

    private static final String CONNECT_MILLIS = "5000";
    private static final int UNKNOWN = -1;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);

    private final MailSettings settings;
    private final String domain;
    private final Clock clock;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    public EmailNotifier(MailSettings settings, Clock clock) {
        this.settings = settings;
        this.domain = settings.from().substring(settings.from().indexOf('@') + 1);
        this.clock = clock;
    }

    @Override
    public Outcome deliver(Target target, Message message) {
        Target.Email email = (Target.Email) target;
        // A server that says a byte now and then never runs into a timeout of the socket:
        // interrupting a virtual
        // thread closes the socket that it waits for.
        Future<Outcome> sending = threads.submit(() -> send(email, message));
        try {
            return sending.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            sending.cancel(true);
            return Outcome.retry("the mail server did not answer in time");
        } catch (InterruptedException e) {
            sending.cancel(true);
            Thread.currentThread().interrupt();
            return Outcome.retry("the platform is stopping");
        } catch (ExecutionException e) {
            throw new IllegalStateException("sending mail failed in an unforeseen way", e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private Outcome send(Target.Email email, Message message) {
        Session session = Session.getInstance(properties());
        try (SMTPTransport transport = new SMTPTransport(session, null)) {
            transport.connect(
                    settings.host(),
                    settings.port(),
                    settings.user().orElse(null),
                    settings.password().map(SecretText::reveal).orElse(null));
            MimeMessage mail = mail(session, email, message);
            transport.sendMessage(mail, mail.getAllRecipients());
            return Outcome.delivered(transport.getLastReturnCode());
        } catch (MessagingException e) {
            return outcome(e);
        }
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.connectiontimeout", CONNECT_MILLIS);
        String millis = Long.toString(settings.timeout().toMillis());
        properties.setProperty("mail.smtp.timeout", millis);
        properties.setProperty("mail.smtp.auth", Boolean.toString(settings.user().isPresent()));
        properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
        boolean tls = settings.encryption() == Encryption.TLS;
        boolean startTls = settings.encryption() == Encryption.STARTTLS;
        properties.setProperty("mail.smtp.ssl.enable", Boolean.toString(tls));
        properties.setProperty("mail.smtp.starttls.enable", Boolean.toString(startTls));
        properties.setProperty("mail.smtp.starttls.required", Boolean.toString(startTls));
        properties.setProperty("mail.smtp.localhost", "localhost");
        // Nobody is told of half a mail: either all mailboxes have it, or it is tried again.
        properties.setProperty("mail.smtp.sendpartial", "false");
        return properties;
    }

    private MimeMessage mail(Session session, Target.Email email, Message message)
            throws MessagingException {
        MimeMessage mail = new IdentifiedMail(session, id(message));
        mail.setFrom(new InternetAddress(settings.from(), true));
        for (String to : email.to()) {
            mail.addRecipient(RecipientType.TO, new InternetAddress(to, true));
        }
        mail.setHeader(
                "Date",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        clock.instant().atOffset(ZoneOffset.UTC)));
        mail.setHeader("Auto-Submitted", "auto-generated");
        if (message instanceof Message.Single single) {
            String thread = "<" + single.notification().groupId() + "@" + domain + ">";
            mail.setHeader("References", thread);
            mail.setHeader("In-Reply-To", thread);
        }
        mail.setSubject(subject(message), StandardCharsets.UTF_8.name());
        mail.setText(text(message), StandardCharsets.UTF_8.name());
        return mail;
    }

    /** The same on every try, so that mail programs show it once. */
    private String id(Message message) {
        return "<" + message.eventId() + "@" + domain + ">";
    }

    /** The subject of a thread stays the same where programs go by it; the state comes first. */
    private static String subject(Message message) {
        return switch (message) {
            case Message.Single single -> Wording.headline(single.notification());
            case Message.Digest digest -> DigestSummary.of(digest.notifications()).headline();
        };
    }

    private static String text(Message message) {
        StringBuilder text = new StringBuilder(1024);
        switch (message) {
            case Message.Single single -> write(text, single.notification());
            case Message.Digest digest -> write(text, DigestSummary.of(digest.notifications()));
        }
        return text.toString();
    }

    private static void write(StringBuilder text, Notification notification) {
        text.append(Wording.headline(notification)).append("\n\n");
        notification
                .members()
                .forEach(member ->
                        text.append("- ")
                                .append(Wording.member(member))
                                .append(", since ")
                                .append(TIME.format(member.since()))
                                .append('\n'));
        int more = notification.memberCount() - notification.members().size();
        if (more > 0) {
            text.append("and ").append(more).append(" more\n");
        }
        text.append("\nRule: ").append(Wording.line(notification.rule())).append('\n');
        notification
                .runbook()
                .ifPresent(
                        link -> text.append("Runbook: ").append(Wording.line(link)).append('\n'));
        notification
                .link()
                .ifPresent(link -> text.append("Open: ").append(Wording.line(link)).append('\n'));
    }

    private static void write(StringBuilder text, DigestSummary digest) {
        text.append(digest.headline()).append("\nToo many at once for a mail each. The worst:\n\n");
        for (Notification one : digest.worst()) {
            text.append("- ").append(Wording.headline(one)).append('\n');
            one.link().ifPresent(link -> text.append("  ").append(Wording.line(link)).append('\n'));
        }
    }

    /** By the server's code: its words may hold addresses, and are not repeated. */
    private static Outcome outcome(MessagingException failure) {
        if (failure instanceof AuthenticationFailedException) {
            return Outcome.retry("the mail server refuses our user and password");
        }
        if (failure instanceof MailConnectException) {
            return Outcome.retry("the mail server cannot be reached");
        }
        int code = code(failure);
        if (code == UNKNOWN) {
            return Outcome.retry("the connection to the mail server failed");
        }
        Optional<Integer> status = Optional.of(code);
        String reason = "the mail server answered " + code;
        return code >= 500
                ? new Outcome.Failed(status, reason)
                : new Outcome.Retry(status, reason, Optional.empty());
    }

    /** A passing refusal of one mailbox weighs more than a final one of another. */
    private static int code(MessagingException failure) {
        int code = UNKNOWN;
        Exception next = failure;
        while (next != null) {
            int found =
                    switch (next) {
                        case SMTPAddressFailedException one -> one.getReturnCode();
                        case SMTPSenderFailedException one -> one.getReturnCode();
                        case SMTPSendFailedException one -> one.getReturnCode();
                        default -> UNKNOWN;
                    };
            if (found >= 400 && (code == UNKNOWN || found < code)) {
                code = found;
            }
            next = next instanceof MessagingException nested ? nested.getNextException() : null;
        }
        return code;
    }

    /** A mail whose id is ours to choose. */
    private static final class IdentifiedMail extends MimeMessage {

        private final String id;

        IdentifiedMail(Session session, String id) {
            super(session);
            this.id = id;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
        }
    }
}
