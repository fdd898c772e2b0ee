package dev.wolverine.alerts.notify;

import java.time.Duration;
import java.util.Optional;

/**
 * By which server mail is sent, and as whom.
 *
 * @param password of the user; both or none
 * @param from address, `name@host`
 * @param timeout of a whole message
 */
public record MailSettings(
        String host,
        int port,
        Encryption encryption,
        Optional<String> user,
        Optional<SecretText> password,
        String from,
        Duration timeout) {

    /** How the connection is protected. */
    public enum Encryption {
        /** From the first byte: usually port 465. */
        TLS,
        /** Before anything is said, or nothing is sent: usually port 587. */
        STARTTLS,
        /** Not at all: for a server on the same machine. */
        NONE
    }
}
