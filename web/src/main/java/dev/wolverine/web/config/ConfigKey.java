package dev.wolverine.web.config;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One thing that can be set.
 *
 * @param name its path, as `ingest.batch.max-rows`
 * @param type of the record component that it fills
 * @param shipped the value that it has when nobody sets it
 */
public record ConfigKey(String name, Type type, Object shipped) {

    /** All keys below a record, in the order of its components. */
    public static List<ConfigKey> of(Record defaults) {
        List<ConfigKey> keys = new ArrayList<>();
        collect(defaults, "", keys);
        return List.copyOf(keys);
    }

    /** The environment variable, as `WOLVERINE_INGEST_BATCH_MAX_ROWS`. */
    public String variable() {
        return "WOLVERINE_" + name.replaceAll("[.-]", "_").toUpperCase(Locale.ROOT);
    }

    /** The flag without dots, as `--ingest-batch-max-rows`; the one with dots works as well. */
    public String flag() {
        return "--" + name.replace('.', '-');
    }

    /** The shipped value as one would write it; empty if it is absent. */
    public String shippedText() {
        return ConfigValues.text(name, shipped);
    }

    boolean isSecret() {
        return type.getTypeName().contains(Secret.class.getName());
    }

    static boolean isGroup(RecordComponent component) {
        return component.getType().isRecord() && component.getType() != Secret.class;
    }

    static String path(String prefix, RecordComponent component) {
        String segment = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        return prefix.isEmpty() ? segment : prefix + "." + segment;
    }

    static Object value(Record owner, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(owner);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }

    private static void collect(Record defaults, String prefix, List<ConfigKey> keys) {
        for (RecordComponent component : defaults.getClass().getRecordComponents()) {
            String path = path(prefix, component);
            Object value = value(defaults, component);
            if (isGroup(component)) {
                collect((Record) value, path, keys);
            } else {
                keys.add(new ConfigKey(path, component.getGenericType(), value));
            }
        }
    }
}
