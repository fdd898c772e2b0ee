package dev.wolverine.alerts.rule;

import java.util.List;

/** Settings of a rule that are not; says everything that is wrong with them. */
public final class InvalidParameters extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final List<String> errors;

    InvalidParameters(List<String> errors) {
        super(String.join("; ", errors));
        this.errors = List.copyOf(errors);
    }

    /** Each `name: value (expected: ...)`. */
    public List<String> errors() {
        return errors;
    }
}
