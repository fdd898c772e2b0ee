package dev.wolverine.ingest.decode;

/**
 * Text that PostgreSQL, JSON and a screen can hold: NUL and lone surrogates become U+FFFD, and what
 * is too long is cut between characters.
 */
final class CleanText {

    private static final char REPLACEMENT = '\uFFFD';

    private CleanText() {}

    /** The same object if nothing had to be mended. */
    static String of(String text, int maxLength) {
        String clean = text;
        int first = firstBad(text);
        if (first >= 0) {
            StringBuilder mended = new StringBuilder(text);
            for (int i = first; i < mended.length(); i++) {
                if (isBad(mended, i)) {
                    mended.setCharAt(i, REPLACEMENT);
                }
            }
            clean = mended.toString();
        }
        if (clean.length() <= maxLength) {
            return clean;
        }
        int end =
                Character.isHighSurrogate(clean.charAt(maxLength - 1)) ? maxLength - 1 : maxLength;
        return clean.substring(0, end);
    }

    private static int firstBad(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isBad(text, i)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isBad(CharSequence text, int index) {
        char character = text.charAt(index);
        if (character == 0) {
            return true;
        }
        if (Character.isHighSurrogate(character)) {
            return index + 1 == text.length() || !Character.isLowSurrogate(text.charAt(index + 1));
        }
        return Character.isLowSurrogate(character)
                && (index == 0 || !Character.isHighSurrogate(text.charAt(index - 1)));
    }
}
