package dev.wolverine.alerts.rule;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads flat texts by name, and gathers what is wrong with them. For one thread. */
final class Settings {

    private static final int SHOWN_CHARACTERS = 100;

    private final Map<String, String> left;
    private final TreeSet<String> known = new TreeSet<>();
    private final List<String> errors = new ArrayList<>();

    Settings(Map<String, String> settings) {
        left = new TreeMap<>(settings);
    }

    int whole(String name, int otherwise, int least, int most) {
        String text = take(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(text.strip());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException _) {
            // Told below.
        }
        return wrong(name, text, "a whole number from " + least + " to " + most, otherwise);
    }

    /**
     * @param otherwise null if it has to be given
     */
    double decimal(String name, @Nullable Double otherwise, double least, double most) {
        String text = take(name);
        String expected = "a number from " + text(least) + " to " + text(most);
        if (text == null) {
            return otherwise == null ? wrong(name, "", expected, 0d) : otherwise;
        }
        try {
            double value = Double.parseDouble(text.strip());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException _) {
            // Told below.
        }
        return wrong(name, text, expected, 0d);
    }

    boolean yesOrNo(String name, boolean otherwise) {
        String text = take(name);
        if (text == null) {
            return otherwise;
        }
        return switch (text.strip()) {
            case "true" -> true;
            case "false" -> false;
            default -> wrong(name, text, "true or false", otherwise);
        };
    }

    /**
     * @param otherwise null if it has to be given
     */
    <E extends Enum<E>> E oneOf(String name, Class<E> type, @Nullable E otherwise) {
        String text = take(name);
        E[] constants = type.getEnumConstants();
        for (E constant : constants) {
            if (text != null && constant.name().toLowerCase(Locale.ROOT).equals(text.strip())) {
                return constant;
            }
        }
        if (text == null && otherwise != null) {
            return otherwise;
        }
        String names =
                Arrays.stream(constants)
                        .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", "));
        return wrong(name, text == null ? "" : text, "one of " + names, constants[0]);
    }

    /**
     * @param otherwise null if it has to be given
     */
    String text(String name, @Nullable String otherwise, int most) {
        String text = take(name);
        if (text == null && otherwise != null) {
            return otherwise;
        }
        if (text == null || text.isBlank() && otherwise == null || text.length() > most) {
            return wrong(
                    name, text == null ? "" : text, "a text of 1 to " + most + " characters", "");
        }
        return text;
    }

    void require(boolean holds, String name, int value, String expected) {
        if (!holds) {
            wrong(name, Integer.toString(value), expected, 0);
        }
    }

    /**
     * @throws InvalidParameters if anything was wrong, or is left
     */
    void check() {
        left.forEach((name, value) ->
                wrong(shortened(name), value, "a setting among " + String.join(", ", known), 0));
        if (!errors.isEmpty()) {
            throw new InvalidParameters(errors);
        }
    }

    /** As few digits as say it. */
    static String text(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    private @Nullable String take(String name) {
        known.add(name);
        return left.remove(name);
    }

    private <T> T wrong(String name, String value, String expected, T otherwise) {
        errors.add(name + ": " + shortened(value) + " (expected: " + expected + ")");
        return otherwise;
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN_CHARACTERS
                ? text
                : text.substring(0, SHOWN_CHARACTERS) + "...";
    }
}
