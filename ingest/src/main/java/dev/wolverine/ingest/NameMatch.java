package dev.wolverine.ingest;

/** Whether an instance is known by its name and port. */
sealed interface NameMatch {

    /** One, and no other. */
    record One(String instanceId) implements NameMatch {}

    /** Not to be told which, and why. */
    record None(String why) implements NameMatch {}
}
