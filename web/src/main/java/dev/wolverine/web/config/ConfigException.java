package dev.wolverine.web.config;

import java.util.List;

/** All that is wrong with the configuration, each as a sentence for the person who wrote it. */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final List<String> problems;

    public ConfigException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** One line each, without secrets. */
    public List<String> problems() {
        return problems;
    }
}
