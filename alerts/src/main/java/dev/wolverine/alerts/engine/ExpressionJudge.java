package dev.wolverine.alerts.engine;

import dev.wolverine.alerts.Severity;
import dev.wolverine.alerts.expression.Expression;
import dev.wolverine.alerts.expression.Sample;
import dev.wolverine.alerts.expression.Samples;
import dev.wolverine.alerts.rule.Condition;
import dev.wolverine.alerts.rule.Finding;
import dev.wolverine.alerts.rule.Rule;
import dev.wolverine.alerts.rule.ServerFacts;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;

/** Judges by expressions. Pure in what it is given. */
final class ExpressionJudge {

    private ExpressionJudge() {}

    /**
     * @param firing whether an alert of the rule fires for the server: then it is over only once
     *     the recovery says so
     */
    static Finding judge(
            RuleReader.Ready ready,
            ServerFacts server,
            Sample newest,
            Samples samples,
            boolean firing,
            Instant now) {
        Expression expression = ready.expression().orElseThrow();
        Condition condition = expression.evaluate(server.name(), newest, samples, now);
        if (condition == Condition.FALSE && firing && ready.recovery().isPresent()) {
            Condition recovered =
                    ready.recovery().get().evaluate(server.name(), newest, samples, now);
            condition = recovered == Condition.TRUE ? Condition.FALSE : Condition.NO_DATA;
        }
        Rule rule = ready.rule();
        return new Finding(
                rule.organisationId(),
                rule.id(),
                OptionalInt.of(server.serverId()),
                Map.of(),
                condition,
                Severity.WARNING,
                now,
                condition == Condition.TRUE ? rule.name() + " holds for " + server.name() : "",
                "{}");
    }
}
