package dev.wolverine.alerts.rule;

/** What a rule looks for. Its name in lower case is what the API and the database call it. */
public enum RuleKind {
    MEMORY_LEAK,
    CRASH_LOOP,
    HEAL_LOOP,
    SERVER_DOWN,
    ROUTE_DOWN,
    SLOW_ROUTE,
    THRESHOLD,
    BUDGET,
    COST_ANOMALY,
    BACKUP_STALE,
    FLEET_EVENT,
    CLIENT_ALERT,
    EXPRESSION;

    /** Whether it is asked of the organisation as a whole, and not of each server. */
    public boolean isOfOrganisation() {
        return this == BUDGET || this == COST_ANOMALY || this == FLEET_EVENT;
    }
}
