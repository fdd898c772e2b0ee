package dev.wolverine.alerts;

/** How bad it is, in rising order. Clients' {@code warn} is {@link #WARNING}. */
public enum Severity {
    INFO,
    WARNING,
    ERROR,
    CRITICAL
}
