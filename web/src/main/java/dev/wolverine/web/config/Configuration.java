package dev.wolverine.web.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the sources and the defaults say together.
 *
 * @param values of which every constructor has agreed to its part
 * @param warnings for the person who wrote the settings, one line each
 * @param <T> the record whose components are the keys
 */
public record Configuration<T extends Record>(T values, List<String> warnings) {

    public Configuration {
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads all sources.
     *
     * <p>Constructors of records refuse values with an {@link IllegalArgumentException} that starts
     * with the name of the key.
     *
     * @throws ConfigException with everything that is wrong
     */
    public static <T extends Record> Configuration<T> read(T defaults, ConfigSources sources) {
        List<String> problems = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        List<ConfigKey> keys = ConfigKey.of(defaults);
        Map<String, Setting> settings = sources.read(keys, problems, warnings);
        Map<String, Object> values = new HashMap<>();
        for (ConfigKey key : keys) {
            Optional.ofNullable(settings.get(key.name()))
                    .flatMap(setting -> parse(key, setting, problems))
                    .ifPresent(value -> values.put(key.name(), value));
        }
        Map<String, String> shown = new HashMap<>();
        for (ConfigKey key : keys) {
            Setting setting = settings.get(key.name());
            if (setting != null) {
                shown.put(
                        key.name(),
                        (key.isSecret() ? "***" : setting.text()) + " from " + setting.source());
            }
        }
        Assembly assembly = new Assembly(values, shown, problems);
        Record record = assembly.build(defaults, "");
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        @SuppressWarnings("unchecked") // build() returns the class of its argument
        T typed = (T) record;
        return new Configuration<>(typed, warnings);
    }

    private static Optional<Object> parse(ConfigKey key, Setting setting, List<String> problems) {
        try {
            return Optional.of(ConfigValues.parse(key, setting.text()));
        } catch (ConfigValues.Unreadable e) {
            problems.add(
                    "%s: %s from %s (expected: %s)"
                            .formatted(
                                    key.name(),
                                    key.isSecret() ? "***" : setting.text(),
                                    setting.source(),
                                    e.expected()));
            return Optional.empty();
        }
    }

    /**
     * Puts records together from the inside out, and gathers what their constructors refuse.
     *
     * @param shown by key: the text as somebody wrote it, and where
     */
    private record Assembly(
            Map<String, Object> values, Map<String, String> shown, List<String> problems) {

        Record build(Record defaults, String prefix) {
            RecordComponent[] components = defaults.getClass().getRecordComponents();
            Object[] shipped = new Object[components.length];
            Object[] arguments = new Object[components.length];
            for (int i = 0; i < components.length; i++) {
                String path = ConfigKey.path(prefix, components[i]);
                shipped[i] = ConfigKey.value(defaults, components[i]);
                arguments[i] =
                        ConfigKey.isGroup(components[i])
                                ? build((Record) shipped[i], path)
                                : values.getOrDefault(path, shipped[i]);
            }
            try {
                return construct(defaults, arguments);
            } catch (IllegalArgumentException e) {
                Set<String> refusals = refusedOneByOne(defaults, shipped, arguments);
                if (refusals.isEmpty()) {
                    refusals.add(String.valueOf(e.getMessage()));
                }
                refusals.forEach(refusal -> problems.add(withSource(refusal)));
                return defaults;
            }
        }

        /** A constructor stops at the first value that it refuses: shows it each one alone. */
        private static Set<String> refusedOneByOne(
                Record defaults, Object[] shipped, Object[] arguments) {
            Set<String> refusals = new LinkedHashSet<>();
            for (int i = 0; i < arguments.length; i++) {
                Object[] one = shipped.clone();
                one[i] = arguments[i];
                try {
                    construct(defaults, one);
                } catch (IllegalArgumentException e) {
                    refusals.add(String.valueOf(e.getMessage()));
                }
            }
            return refusals;
        }

        private String withSource(String refusal) {
            int colon = refusal.indexOf(':');
            int expected = refusal.lastIndexOf(" (expected:");
            if (colon < 0 || expected < colon) {
                return refusal;
            }
            String key = refusal.substring(0, colon);
            return shown.containsKey(key)
                    ? key + ": " + shown.get(key) + refusal.substring(expected)
                    : refusal;
        }

        private static Record construct(Record defaults, Object[] arguments) {
            try {
                Class<?>[] types =
                        Stream.of(defaults.getClass().getRecordComponents())
                                .map(RecordComponent::getType)
                                .toArray(Class<?>[]::new);
                Constructor<?> constructor = defaults.getClass().getDeclaredConstructor(types);
                constructor.setAccessible(true);
                return (Record) constructor.newInstance(arguments);
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof IllegalArgumentException refused) {
                    throw refused;
                }
                throw new IllegalStateException("cannot construct " + defaults.getClass(), e);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("cannot construct " + defaults.getClass(), e);
            }
        }
    }
}
