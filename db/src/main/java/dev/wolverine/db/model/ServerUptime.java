package dev.wolverine.db.model;

/** One server's uptime. */
public record ServerUptime(String instanceId, Uptime uptime) {}
