package dev.wolverine.web.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Where settings come from: flags before the environment before a file.
 *
 * @param flags as written: `--key=value` or `--key value`; the last one of a key counts
 * @param environment variables, of which those of our keys count
 * @param usualFile read if it exists and `--config` names no other; its place may itself be set
 */
public record ConfigSources(
        List<String> flags, Map<String, String> environment, UsualFile usualFile) {

    /** How far a variable may be from one of ours to be taken for a slip: others have theirs. */
    private static final int SLIP_IN_VARIABLE = 2;

    private static final int SLIP_IN_KEY = 4;

    public ConfigSources {
        flags = List.copyOf(flags);
        environment = Map.copyOf(environment);
    }

    /** Tells where the file is, given the settings from the flags and the environment. */
    @FunctionalInterface
    public interface UsualFile {
        /** The text of a key as set so far; empty if it is not. */
        Path find(Function<String, Optional<String>> settings);
    }

    /** What all sources say together, for those keys; problems and warnings go into the lists. */
    Map<String, Setting> read(List<ConfigKey> keys, List<String> problems, List<String> warnings) {
        Map<String, Setting> settings = new HashMap<>();
        Map<String, String> names = new TreeMap<>();
        for (ConfigKey key : keys) {
            names.put(key.name(), key.name());
            names.put(key.name().replace('.', '-'), key.name());
        }
        Optional<Path> file = readFlags(names, settings, problems);
        readEnvironment(keys, settings, warnings);
        Path usual =
                usualFile.find(name -> Optional.ofNullable(settings.get(name)).map(Setting::text));
        if (file.isPresent()) {
            readFile(file.get(), names, settings, problems);
        } else if (Files.exists(usual)) {
            readFile(usual, names, settings, problems);
        }
        return settings;
    }

    private Optional<Path> readFlags(
            Map<String, String> names, Map<String, Setting> settings, List<String> problems) {
        Optional<Path> file = Optional.empty();
        for (Map.Entry<String, Optional<String>> flag : split(problems).entrySet()) {
            String key = names.get(flag.getKey());
            Optional<String> text = flag.getValue();
            if (text.isEmpty()) {
                problems.add("--" + flag.getKey() + " (expected: a value behind it)");
            } else if (flag.getKey().equals("config")) {
                file = Optional.of(Path.of(text.get()));
            } else if (key == null) {
                problems.add("--" + flag.getKey() + ": unknown flag" + meant(flag.getKey(), names));
            } else {
                settings.put(key, new Setting(text.get(), "flag --" + flag.getKey()));
            }
        }
        return file;
    }

    private Map<String, Optional<String>> split(List<String> problems) {
        LinkedHashMap<String, Optional<String>> split = new LinkedHashMap<>();
        for (int i = 0; i < flags.size(); i++) {
            String flag = flags.get(i);
            if (!flag.startsWith("--")) {
                problems.add(flag + " (expected: a flag as --http.port=8080)");
                continue;
            }
            int equals = flag.indexOf('=');
            if (equals > 0) {
                split.putLast(flag.substring(2, equals), Optional.of(flag.substring(equals + 1)));
            } else if (i + 1 < flags.size() && !flags.get(i + 1).startsWith("--")) {
                split.putLast(flag.substring(2), Optional.of(flags.get(++i)));
            } else {
                split.putLast(flag.substring(2), Optional.empty());
            }
        }
        return split;
    }

    private void readEnvironment(
            List<ConfigKey> keys, Map<String, Setting> settings, List<String> warnings) {
        List<String> variables = new ArrayList<>();
        for (ConfigKey key : keys) {
            variables.add(key.variable());
            String text = environment.get(key.variable());
            if (text != null) {
                settings.putIfAbsent(
                        key.name(), new Setting(text, "environment " + key.variable()));
            }
        }
        environment.keySet().stream()
                .filter(variable -> variable.startsWith("WOLVERINE_"))
                .filter(variable -> !variables.contains(variable))
                .sorted()
                .forEach(variable ->
                        Spelling.closest(variable, variables, SLIP_IN_VARIABLE)
                                .ifPresent(meant ->
                                        warnings.add(
                                                variable
                                                        + " is not used: did you"
                                                        + " mean "
                                                        + meant
                                                        + "?")));
    }

    private static void readFile(
            Path file,
            Map<String, String> names,
            Map<String, Setting> settings,
            List<String> problems) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            problems.add("config: " + file + " (expected: a readable properties file; " + e + ")");
            return;
        }
        for (String name : properties.stringPropertyNames().stream().sorted().toList()) {
            if (name.equals(names.get(name))) {
                settings.putIfAbsent(
                        name, new Setting(properties.getProperty(name), "file " + file));
            } else {
                problems.add(name + " in file " + file + ": unknown key" + meant(name, names));
            }
        }
    }

    private static String meant(String name, Map<String, String> names) {
        return Spelling.closest(name, names.keySet(), SLIP_IN_KEY)
                .map(meant -> " (did you mean " + names.get(meant) + "?)")
                .orElse(" (the keys are listed in docs/operations.md)");
    }
}
