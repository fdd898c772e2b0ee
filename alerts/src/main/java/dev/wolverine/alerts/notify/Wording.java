package dev.wolverine.alerts.notify;

import dev.wolverine.alerts.notify.Notification.Member;
import dev.wolverine.alerts.notify.Notification.State;
import java.util.Locale;

/** How messages say it, whatever carries them. */
final class Wording {

    private static final int MAX_LINE_CHARACTERS = 500;

    private Wording() {}

    /** As `[FIRING] Crash loop on shop-1 (critical)`. */
    static String headline(Notification notification) {
        return line(
                "["
                        + state(notification.state()).toUpperCase(Locale.ROOT)
                        + "] "
                        + notification.title()
                        + " ("
                        + notification.severity().name().toLowerCase(Locale.ROOT)
                        + ")");
    }

    /** As `shop-1: 3 restarts in 10 min`. */
    static String member(Member member) {
        String state = member.state() == State.FIRING ? "" : " (" + state(member.state()) + ")";
        return line(member.subject() + ": " + member.summary() + state);
    }

    static String state(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** One line, whatever was in the text: no control character gets through. */
    static String line(String text) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), MAX_LINE_CHARACTERS));
        text.codePoints()
                .limit(MAX_LINE_CHARACTERS)
                .map(character -> isUnwritable(character) ? ' ' : character)
                .forEach(line::appendCodePoint);
        return line.toString();
    }

    /** Controls, line separators, what turns the direction of text, and lone surrogates. */
    private static boolean isUnwritable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.FORMAT ->
                    true;
            default -> false;
        };
    }
}
