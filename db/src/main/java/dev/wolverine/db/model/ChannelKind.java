package dev.wolverine.db.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** By which way people are told. */
public enum ChannelKind {
    /** A bot of Slack's, which edits its messages. */
    SLACK,
    /** An incoming webhook of Slack's, which cannot. */
    SLACK_WEBHOOK,
    /** Signed requests to an address. */
    WEBHOOK,
    EMAIL;

    /** The name in the table and in the interface: lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<ChannelKind> ofLabel(String label) {
        return Arrays.stream(values()).filter(kind -> kind.label().equals(label)).findFirst();
    }
}
