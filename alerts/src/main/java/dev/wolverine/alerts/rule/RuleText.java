package dev.wolverine.alerts.rule;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A rule as people write it: in the interface, in files, and, without name and switch, in the
 * database. What is left out has its default.
 *
 * @param kind in lower case
 * @param severity of its alerts; null: as the judge says
 * @param forSeconds true for so long before it fires
 * @param keepFiringSeconds false for so long before it is resolved
 * @param least of the last {@code of} evaluations have to be true
 * @param noData `hold` or `resolve`
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RuleText(
        @Nullable String name,
        @Nullable String kind,
        @Nullable Boolean enabled,
        @Nullable Map<String, String> parameters,
        @Nullable SelectorText selector,
        @Nullable String severity,
        @Nullable Long forSeconds,
        @Nullable Long keepFiringSeconds,
        @Nullable Integer least,
        @Nullable Integer of,
        @Nullable String noData,
        @Nullable Map<String, String> labels,
        @Nullable Map<String, String> annotations,
        @Nullable String runbook) {

    /** Whom it looks at; what is left out does not matter. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SelectorText(
            @Nullable List<String> tags,
            @Nullable List<String> withoutTags,
            @Nullable List<String> servers) {}

    /** The same under a name. */
    public RuleText named(String newName, boolean isEnabled) {
        return new RuleText(
                newName,
                kind,
                isEnabled,
                parameters,
                selector,
                severity,
                forSeconds,
                keepFiringSeconds,
                least,
                of,
                noData,
                labels,
                annotations,
                runbook);
    }
}
