package dev.wolverine.db.model;

/**
 * Where a login comes from, as its owner recognises it.
 *
 * @param address of the peer
 * @param agent what the program calls itself: hostile text, cut to 200 characters
 */
public record LoginOrigin(String address, String agent) {

    private static final int MAX_AGENT_CHARACTERS = 200;

    public LoginOrigin {
        StringBuilder fitted = new StringBuilder();
        agent.codePoints()
                .limit(MAX_AGENT_CHARACTERS)
                .filter(codePoint ->
                        !Character.isISOControl(codePoint)
                                && (codePoint < Character.MIN_SURROGATE
                                        || codePoint > Character.MAX_SURROGATE))
                .forEach(fitted::appendCodePoint);
        agent = fitted.toString();
    }
}
