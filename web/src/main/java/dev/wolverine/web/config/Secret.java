package dev.wolverine.web.config;

/**
 * A value that is not to be seen in logs, errors and listings.
 *
 * @param reveal the value itself
 */
public record Secret(String reveal) {

    @Override
    public String toString() {
        return "***";
    }
}
