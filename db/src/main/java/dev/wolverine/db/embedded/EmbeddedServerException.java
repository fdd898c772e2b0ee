package dev.wolverine.db.embedded;

/**
 * The machine does not let us run a server of our own: its message is one sentence for the person
 * who started the platform, with no secret in it.
 */
public final class EmbeddedServerException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public EmbeddedServerException(String message) {
        super(message);
    }

    public EmbeddedServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
