package dev.wolverine.query;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Versions in order, each as a number: there are few of them, however many servers. Immutable. */
final class Versions {

    /** Runs of digits count as numbers: 1.10 is behind 1.9. */
    static final Comparator<String> ORDER = Versions::compare;

    private final String[] sorted;
    private final Map<String, Integer> places = new HashMap<>();

    Versions(Set<String> versions) {
        sorted = versions.toArray(String[]::new);
        Arrays.sort(sorted, ORDER);
        for (int i = 0; i < sorted.length; i++) {
            places.put(sorted[i], i);
        }
    }

    /** The number of a version, between those of its neighbours if it is none of these. */
    long key(String version) {
        Integer place = places.get(version);
        return place == null
                ? 2L * -(Arrays.binarySearch(sorted, version, ORDER) + 1)
                : 2L * place + 1;
    }

    private static int compare(String a, String b) {
        int i = 0;
        int j = 0;
        while (i < a.length() && j < b.length()) {
            if (isDigit(a.charAt(i)) && isDigit(b.charAt(j))) {
                int endA = number(a, i);
                int endB = number(b, j);
                int order = compareNumbers(a.substring(i, endA), b.substring(j, endB));
                if (order != 0) {
                    return order;
                }
                i = endA;
                j = endB;
            } else {
                int order = Character.compare(a.charAt(i++), b.charAt(j++));
                if (order != 0) {
                    return order;
                }
            }
        }
        int order = Integer.compare(a.length() - i, b.length() - j);
        // 1.0 and 1.00 are not the same text.
        return order != 0 ? order : a.compareTo(b);
    }

    private static int compareNumbers(String a, String b) {
        String one = a.replaceFirst("^0+", "");
        String other = b.replaceFirst("^0+", "");
        int order = Integer.compare(one.length(), other.length());
        return order != 0 ? order : one.compareTo(other);
    }

    private static int number(String text, int start) {
        int end = start;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }
}
