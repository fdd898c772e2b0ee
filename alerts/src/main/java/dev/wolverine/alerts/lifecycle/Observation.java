package dev.wolverine.alerts.lifecycle;

import dev.wolverine.alerts.rule.Condition;

/**
 * What was found of one subject.
 *
 * @param fresh whether there is a new beat behind it: only then it counts as an evaluation
 * @param degraded whether the platform itself is not well, so that nobody is to be told yet
 * @param severity 0 info to 3 critical
 */
public record Observation(
        Condition condition,
        int severity,
        String summary,
        String evidence,
        boolean fresh,
        boolean degraded) {}
