package dev.wolverine.alerts.expression;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelLateFunctionBindings;
import dev.cel.runtime.CelRuntime;
import dev.wolverine.alerts.rule.Condition;
import dev.wolverine.alerts.rule.RuleParameters.Threshold.Field;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A compiled expression. Immutable and thread-safe. */
public final class Expression {

    private final CelRuntime.Program program;

    Expression(CelRuntime.Program program) {
        this.program = program;
    }

    /**
     * What it says of a server at a time; what needs a number that is not known cannot be told.
     *
     * @param newest its newest beat
     */
    public Condition evaluate(String name, Sample newest, Samples samples, Instant now) {
        Map<String, Object> variables = new HashMap<>();
        variables.put("status", newest.status());
        variables.put("version", newest.version());
        variables.put("name", name);
        if (newest.pid() >= 0) {
            variables.put("pid", (long) newest.pid());
        }
        for (Field field : Field.values()) {
            String variable = ExpressionCompiler.variable(field);
            newest.value(field).ifPresent(value -> variables.put(variable, value));
            variables.put("history." + variable, field.name());
        }
        try {
            Object said = program.eval(variables, functions(newest, samples, now));
            if (!(said instanceof Boolean holds)) {
                return Condition.NO_DATA; // A number that it needs was not sent.
            }
            return holds ? Condition.TRUE : Condition.FALSE;
        } catch (CelEvaluationException e) {
            return Condition.NO_DATA;
        }
    }

    /**
     * They live for one evaluation, on one thread: what they close over does not change meanwhile.
     */
    @SuppressWarnings("Immutable")
    private static CelLateFunctionBindings functions(Sample newest, Samples samples, Instant now) {
        return CelLateFunctionBindings.from(
                CelFunctionBinding.from(
                        "increase_series_duration",
                        String.class,
                        Duration.class,
                        (field, window) -> increase(series(samples, field, window))),
                CelFunctionBinding.from(
                        "rate_series_duration",
                        String.class,
                        Duration.class,
                        (field, window) -> rate(samples, field, window)),
                CelFunctionBinding.from(
                        "max_over_series_duration",
                        String.class,
                        Duration.class,
                        (field, window) -> max(series(samples, field, window))),
                CelFunctionBinding.from(
                        "restarts_duration",
                        Duration.class,
                        window -> restarts(samples.over(bounded(window)))),
                CelFunctionBinding.from("age", List.of(), _ -> age(newest, now)));
    }

    private static Duration age(Sample newest, Instant now) {
        Duration age = Duration.between(newest.receivedAt(), now);
        return age.isNegative() ? Duration.ZERO : age;
    }

    private static double[] series(Samples samples, String field, Duration window)
            throws CelEvaluationException {
        Field wanted = Field.valueOf(field.toUpperCase(Locale.ROOT));
        double[] values =
                samples.over(bounded(window)).stream()
                        .flatMapToDouble(sample -> sample.value(wanted).stream())
                        .toArray();
        if (values.length == 0) {
            throw new CelEvaluationException("nothing is known of this window");
        }
        return values;
    }

    private static Duration bounded(Duration window) throws CelEvaluationException {
        if (window.isNegative() || window.isZero() || window.compareTo(Samples.LONGEST) > 0) {
            throw new CelEvaluationException("window: out of bounds");
        }
        return window;
    }

    /** Of a counter: where it falls it has begun anew. */
    private static double increase(double[] values) {
        double sum = 0;
        for (int i = 1; i < values.length; i++) {
            sum += values[i] >= values[i - 1] ? values[i] - values[i - 1] : values[i];
        }
        return sum;
    }

    /** The same for each second. */
    private static double rate(Samples samples, String field, Duration window)
            throws CelEvaluationException {
        return increase(series(samples, field, window)) / (window.toMillis() / 1000d);
    }

    private static double max(double[] values) {
        double max = values[0];
        for (double value : values) {
            max = Math.max(max, value);
        }
        return max;
    }

    /** Processes that followed another: another pid, or an uptime that fell. */
    private static long restarts(List<Sample> samples) {
        long restarts = 0;
        for (int i = 1; i < samples.size(); i++) {
            Sample before = samples.get(i - 1);
            Sample after = samples.get(i);
            boolean otherProcess =
                    before.pid() >= 0 && after.pid() >= 0 && before.pid() != after.pid();
            boolean younger =
                    after.uptimeSeconds() >= 0 && after.uptimeSeconds() < before.uptimeSeconds();
            if (otherProcess || younger) {
                restarts++;
            }
        }
        return restarts;
    }
}
