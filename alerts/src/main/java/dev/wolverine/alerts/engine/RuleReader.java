package dev.wolverine.alerts.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.expression.Expression;
import dev.wolverine.alerts.expression.ExpressionCompiler;
import dev.wolverine.alerts.expression.InvalidExpression;
import dev.wolverine.alerts.rule.InvalidParameters;
import dev.wolverine.alerts.rule.Policy;
import dev.wolverine.alerts.rule.Rule;
import dev.wolverine.alerts.rule.RuleKind;
import dev.wolverine.alerts.rule.RuleParameters;
import dev.wolverine.alerts.rule.RuleText;
import dev.wolverine.alerts.rule.Selector;
import dev.wolverine.db.alert.RuleRecord;
import dev.wolverine.db.postgres.RuleStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * From a rule as it is written to one that can be judged; everything that is wrong with it is said
 * at once. Thread-safe.
 */
public final class RuleReader {

    private static final long MAX_SECONDS = Duration.ofDays(7).toSeconds();
    private static final int MAX_ENTRIES = 50;
    private static final int MAX_CHARACTERS = 500;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ExpressionCompiler compiler = new ExpressionCompiler();

    /** A rule with what its expressions were compiled to. */
    public record Ready(
            Rule rule, Optional<Expression> expression, Optional<Expression> recovery) {}

    /**
     * What is wrong.
     *
     * @param field name of what is wrong
     * @param line where in an expression, from 1; 0 elsewhere
     */
    public record Fault(String field, String message, int line, int column) {}

    /** A rule that cannot be judged. */
    public static final class Invalid extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient List<Fault> faults;

        Invalid(List<Fault> faults) {
            super(faults.stream().map(Fault::message).collect(Collectors.joining("; ")));
            this.faults = List.copyOf(faults);
        }

        public List<Fault> faults() {
            return faults;
        }
    }

    /** What is stored, judged again. */
    public Ready of(RuleRecord record) throws Invalid {
        return read(text(record), record.id(), record.organisationId(), record.version());
    }

    /** A stored rule as it was written. */
    public static RuleText text(RuleRecord record) {
        try {
            return JSON.readValue(record.content(), RuleText.class)
                    .named(record.name(), record.enabled());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("rule " + record.id() + " is not readable", e);
        }
    }

    /** What is to be stored of a rule that was read without a fault. */
    public static RuleStore.Wish wish(RuleText text) {
        try {
            return new RuleStore.Wish(
                    Objects.requireNonNull(text.name()),
                    Objects.requireNonNull(text.kind()),
                    !Boolean.FALSE.equals(text.enabled()),
                    JSON.writeValueAsString(text));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a rule is not writable", e);
        }
    }

    /**
     * @param id 0 for one that is not stored
     */
    public Ready read(RuleText text, long id, UUID organisationId, int version) throws Invalid {
        List<Fault> faults = new ArrayList<>();
        String name = text.name() == null ? "" : text.name().strip();
        if (name.isEmpty() || name.length() > 128 || hasControls(name)) {
            faults.add(fault("name", "not usable", "1 to 128 characters"));
        }
        Optional<RuleKind> kind = word(text.kind(), RuleKind.class);
        if (kind.isEmpty()) {
            faults.add(fault("kind", shown(text.kind()), oneOf(RuleKind.class)));
        }
        @Nullable RuleParameters parameters = parameters(kind, text.parameters(), faults);
        Optional<Severity> severity = word(text.severity(), Severity.class);
        if (text.severity() != null && severity.isEmpty()) {
            faults.add(fault("severity", text.severity(), oneOf(Severity.class)));
        }
        Policy policy = policy(text, faults);
        Selector selector = selector(text.selector(), faults);
        bounded("labels", text.labels(), faults);
        bounded("annotations", text.annotations(), faults);
        Optional<String> runbook = runbook(text.runbook(), faults);
        Optional<Expression> expression = Optional.empty();
        Optional<Expression> recovery = Optional.empty();
        if (parameters instanceof RuleParameters.Expression written) {
            expression = compile("parameters.expression", written.expression(), faults);
            if (!written.recovery().isEmpty()) {
                recovery = compile("parameters.recovery", written.recovery(), faults);
            }
        }
        if (!faults.isEmpty() || parameters == null) {
            throw new Invalid(faults);
        }
        Rule rule =
                new Rule(
                        id,
                        organisationId,
                        name,
                        version,
                        parameters,
                        selector,
                        severity,
                        policy,
                        runbook);
        return new Ready(rule, expression, recovery);
    }

    private static @Nullable RuleParameters parameters(
            Optional<RuleKind> kind, @Nullable Map<String, String> written, List<Fault> faults) {
        if (kind.isEmpty()) {
            return null;
        }
        try {
            return RuleParameters.of(kind.get(), written == null ? Map.of() : written);
        } catch (InvalidParameters e) {
            e.errors()
                    .forEach(error ->
                            faults.add(
                                    new Fault(
                                            "parameters." + error.replaceFirst(":.*", ""),
                                            "parameters." + error,
                                            0,
                                            0)));
            return null;
        }
    }

    private Optional<Expression> compile(String field, String text, List<Fault> faults) {
        try {
            return Optional.of(compiler.compile(text));
        } catch (InvalidExpression e) {
            faults.add(
                    new Fault(
                            field,
                            "%s: line %d, column %d: %s"
                                    .formatted(field, e.line(), e.column(), e.reason()),
                            e.line(),
                            e.column()));
            return Optional.empty();
        }
    }

    private static Policy policy(RuleText text, List<Fault> faults) {
        long hold = seconds("forSeconds", text.forSeconds(), faults);
        long keep = seconds("keepFiringSeconds", text.keepFiringSeconds(), faults);
        int of = text.of() == null ? 1 : text.of();
        int least = text.least() == null ? of : text.least();
        if (of < 1 || of > 20) {
            faults.add(fault("of", Integer.toString(of), "1 to 20"));
        }
        if (least < 1 || least > of) {
            faults.add(fault("least", Integer.toString(least), "1 to of, which is " + of));
        }
        String noData = text.noData() == null ? "hold" : text.noData();
        Optional<Policy.NoData> mode = word(noData, Policy.NoData.class);
        if (mode.isEmpty()) {
            faults.add(fault("noData", noData, oneOf(Policy.NoData.class)));
        }
        return new Policy(
                Duration.ofSeconds(hold),
                Duration.ofSeconds(keep),
                least,
                of,
                mode.orElse(Policy.NoData.HOLD));
    }

    private static long seconds(String field, @Nullable Long value, List<Fault> faults) {
        long seconds = value == null ? 0 : value;
        if (seconds < 0 || seconds > MAX_SECONDS) {
            faults.add(fault(field, Long.toString(seconds), "0 to " + MAX_SECONDS));
        }
        return seconds;
    }

    private static Selector selector(RuleText.@Nullable SelectorText written, List<Fault> faults) {
        if (written == null) {
            return Selector.ALL;
        }
        return new Selector(
                texts("selector.tags", written.tags(), faults),
                texts("selector.withoutTags", written.withoutTags(), faults),
                texts("selector.servers", written.servers(), faults));
    }

    private static List<String> texts(
            String field, @Nullable List<String> written, List<Fault> faults) {
        List<String> texts = written == null ? List.of() : written;
        boolean fits =
                texts.size() <= MAX_ENTRIES
                        && texts.stream()
                                .allMatch(text ->
                                        text != null && !text.isEmpty() && text.length() <= 128);
        if (!fits) {
            faults.add(fault(field, "not usable", "at most 50 texts of 1 to 128 characters"));
            return List.of();
        }
        return texts;
    }

    private static void bounded(
            String field, @Nullable Map<String, String> written, List<Fault> faults) {
        if (written != null
                && (written.size() > MAX_ENTRIES
                        || written.entrySet().stream()
                                .anyMatch(one ->
                                        one.getKey().length() > 128
                                                || one.getValue() == null
                                                || one.getValue().length() > MAX_CHARACTERS))) {
            faults.add(fault(field, "too many or too long", "at most 50 short texts"));
        }
    }

    private static Optional<String> runbook(@Nullable String written, List<Fault> faults) {
        if (written == null || written.isEmpty()) {
            return Optional.empty();
        }
        if (!written.matches("https?://[\\x21-\\x7e]{1,490}")) {
            faults.add(fault("runbook", "not usable", "a link that begins with https://"));
        }
        return Optional.of(written);
    }

    private static boolean hasControls(String text) {
        return text.codePoints()
                .anyMatch(point ->
                        Character.isISOControl(point)
                                || (point >= Character.MIN_SURROGATE
                                        && point <= Character.MAX_SURROGATE));
    }

    private static <E extends Enum<E>> Optional<E> word(@Nullable String written, Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(written))
                .findFirst();
    }

    private static String oneOf(Class<? extends Enum<?>> type) {
        return "one of "
                + Arrays.stream(type.getEnumConstants())
                        .map(each -> each.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", "));
    }

    private static String shown(@Nullable String text) {
        return text == null ? "missing" : text.length() > 50 ? text.substring(0, 50) : text;
    }

    private static Fault fault(String field, String value, String expected) {
        return new Fault(field, field + ": " + value + " (expected: " + expected + ")", 0, 0);
    }
}
