package dev.wolverine.bench.mutant;

/** One deliberate change of a class of the platform, made while it is loaded. */
sealed interface Edit {
    /** The class, by its binary name. */
    String owner();

    /**
     * Calls go to a static method of {@link MutantHooks} instead, which takes the receiver first.
     *
     * @param callee class of the method that is called, by its simple or nested name
     */
    record Redirect(String owner, String callee, String method, String hook) implements Edit {}

    /** Texts that match have the matching part replaced. */
    record Text(String owner, String pattern, String replacement) implements Edit {}
}
