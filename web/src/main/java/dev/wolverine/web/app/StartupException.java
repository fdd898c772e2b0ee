package dev.wolverine.web.app;

/**
 * The platform cannot start, for a reason that the person who started it can change: its message is
 * one sentence for them, with no secret in it.
 */
public final class StartupException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public StartupException(String message) {
        super(message);
    }
}
