package dev.wolverine.web.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Turns texts into values and back: numbers, byte sizes (whole numbers whose name ends in
 * `-bytes`), booleans, durations, paths, enums, {@link Secret}s, {@link Optional}s and {@link Set}s
 * of them.
 */
final class ConfigValues {

    private static final Pattern QUANTITY = Pattern.compile("(\\d{1,18})\\s*([A-Za-z]*)");

    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    private static final Map<String, Long> BYTES =
            Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

    private ConfigValues() {}

    /** A text that is no value of its type. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1;

        private Unreadable(String expected) {
            super(expected);
        }

        /** What would have been one. */
        String expected() {
            return String.valueOf(getMessage());
        }
    }

    static Object parse(ConfigKey key, String text) throws Unreadable {
        return parse(key.type(), key.name(), text.strip());
    }

    /** As one would write it. */
    static String text(String name, Object value) {
        return switch (value) {
            case Optional<?> optional -> optional.map(inner -> text(name, inner)).orElse("");
            case Collection<?> many ->
                    many.stream()
                            .map(one -> text(name, one))
                            .sorted()
                            .collect(Collectors.joining(","));
            case Duration duration -> withUnit(duration.toMillis(), "0ms", MILLIS);
            case Enum<?> constant -> label(constant);
            case Number number when isSize(name) ->
                    withUnit(number.longValue(), "0B", BYTES).replaceFirst("(?<=\\d)B$", "");
            default -> value.toString();
        };
    }

    private static Object parse(Type type, String name, String text) throws Unreadable {
        if (type instanceof ParameterizedType generic) {
            Type inner = generic.getActualTypeArguments()[0];
            if (generic.getRawType() == Optional.class) {
                return text.isEmpty() ? Optional.empty() : Optional.of(parse(inner, name, text));
            }
            if (generic.getRawType() == Set.class) {
                return parseSet(inner, name, text);
            }
        }
        if (type == String.class) {
            return text;
        }
        if (type == Secret.class) {
            return new Secret(text);
        }
        if (type == boolean.class || type == Boolean.class) {
            return parseBoolean(text);
        }
        if (type == int.class || type == Integer.class) {
            return (int) parseWhole(name, text, Integer.MAX_VALUE);
        }
        if (type == long.class || type == Long.class) {
            return parseWhole(name, text, Long.MAX_VALUE);
        }
        if (type == double.class || type == Double.class) {
            return parseDouble(text);
        }
        if (type == Duration.class) {
            return Duration.ofMillis(
                    quantity(text, MILLIS, "a duration as 5ms, 30s, 10m, 24h or 7d"));
        }
        if (type == Path.class) {
            return parsePath(text);
        }
        if (type instanceof Class<?> choice && choice.isEnum()) {
            return parseEnum(choice, text);
        }
        throw new IllegalStateException(name + ": no values of " + type);
    }

    private static Set<Object> parseSet(Type inner, String name, String text) throws Unreadable {
        Set<Object> values = new LinkedHashSet<>();
        if (text.isEmpty()) {
            return Set.of();
        }
        for (String part : text.split(",", -1)) {
            values.add(parse(inner, name, part.strip()));
        }
        return Set.copyOf(values);
    }

    private static boolean parseBoolean(String text) throws Unreadable {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new Unreadable("true or false");
        };
    }

    private static long parseWhole(String name, String text, long largest) throws Unreadable {
        if (isSize(name)) {
            String expected = "a size as 65536, 512KiB, 64MiB or 1GiB";
            long bytes = quantity(text, BYTES, expected);
            if (bytes > largest) {
                throw new Unreadable(expected + ", at most " + largest);
            }
            return bytes;
        }
        try {
            long value = Long.parseLong(text);
            if (Math.abs(value) <= largest) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new Unreadable("a whole number");
    }

    private static double parseDouble(String text) throws Unreadable {
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new Unreadable("a number");
    }

    private static Path parsePath(String text) throws Unreadable {
        try {
            if (!text.isEmpty()) {
                return Path.of(text);
            }
        } catch (InvalidPathException e) {
            // Said below.
        }
        throw new Unreadable("a path");
    }

    private static Object parseEnum(Class<?> choice, String text) throws Unreadable {
        for (Object constant : choice.getEnumConstants()) {
            if (label((Enum<?>) constant).equals(text)) {
                return constant;
            }
        }
        throw new Unreadable(
                "one of "
                        + Stream.of(choice.getEnumConstants())
                                .map(constant -> label((Enum<?>) constant))
                                .collect(Collectors.joining(", ")));
    }

    private static long quantity(String text, Map<String, Long> units, String expected)
            throws Unreadable {
        Matcher matcher = QUANTITY.matcher(text);
        if (!matcher.matches()) {
            throw new Unreadable(expected);
        }
        Long unit = units.get(matcher.group(2));
        if (unit == null) {
            throw new Unreadable(expected);
        }
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), (long) unit);
        } catch (ArithmeticException e) {
            throw new Unreadable(expected);
        }
    }

    private static String withUnit(long amount, String zero, Map<String, Long> units) {
        if (amount == 0) {
            return zero;
        }
        List<Map.Entry<String, Long>> descending =
                units.entrySet().stream()
                        .filter(unit -> !unit.getKey().isEmpty())
                        .sorted((a, b) -> Long.compare(b.getValue(), a.getValue()))
                        .toList();
        return descending.stream()
                .filter(unit -> amount % unit.getValue() == 0)
                .findFirst()
                .map(unit -> amount / unit.getValue() + unit.getKey())
                .orElse(Long.toString(amount));
    }

    private static boolean isSize(String name) {
        return name.endsWith("-bytes");
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
