package dev.wolverine.db.model;

/**
 * The key of an enrolment URL.
 *
 * @param key of kind {@link ApiKey.Kind#ENROLMENT}
 * @param maxInstances as many different instances may have a live key by it
 * @param instances as many do
 */
public record EnrolmentToken(KeyRecord key, int maxInstances, int instances) {}
