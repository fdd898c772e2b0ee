package dev.wolverine.alerts.rule;

/** The settings of a kind of rule: one record a kind, with defaults and bounds. */
public interface RuleParameters {}
