package dev.wolverine.alerts.outbound;

/**
 * A request without an answer. The message is for people, and holds neither the address nor
 * anything that was sent.
 */
public final class OutboundException extends Exception {

    private static final long serialVersionUID = 1;

    private final Reason reason;

    public OutboundException(Reason reason) {
        super(reason.text, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    public String text() {
        return reason.text;
    }

    /** Why there is none. */
    public enum Reason {
        BAD_ADDRESS("the address cannot be used", false),
        FORBIDDEN("the address leads to a network that is not open to requests", false),
        UNKNOWN_HOST("the host name is not known", true),
        TLS("no secure connection could be made", true),
        TIMEOUT("no answer in time", true),
        CONNECTION("the connection failed", true);

        private final String text;
        private final boolean passing;

        Reason(String text, boolean passing) {
            this.text = text;
            this.passing = passing;
        }

        /** Whether it may be otherwise later. */
        public boolean isPassing() {
            return passing;
        }
    }
}
