package dev.wolverine.alerts.notify;

/**
 * A text that is not to be seen in logs, errors and answers.
 *
 * @param reveal the text itself
 */
public record SecretText(String reveal) {

    private static final int SHOWN = 4;

    /** By which a person tells one from another; of short ones nothing. */
    public String lastFour() {
        return reveal.length() < 4 * SHOWN ? "" : reveal.substring(reveal.length() - SHOWN);
    }

    @Override
    public String toString() {
        return "***";
    }
}
