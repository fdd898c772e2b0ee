package dev.wolverine.alerts.crash;

/**
 * A process that was another than before.
 *
 * @param second when the new one was first seen, or had begun, where that is known
 * @param newVersion whether the version changed with it
 */
record RestartEvent(long second, boolean newVersion) {}
