package dev.wolverine.alerts.rule;

/** What a judge says of a rule's condition. */
public enum Condition {
    TRUE,
    FALSE,
    /** Cannot be told now: what was, is held. */
    NO_DATA
}
