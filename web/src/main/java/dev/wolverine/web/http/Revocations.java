package dev.wolverine.web.http;

/** Is told at once when a credential ends here, so that what it holds open can be closed. */
@FunctionalInterface
public interface Revocations {

    /**
     * @param credentialId as {@link Caller#credentialId()}
     */
    void revoked(String credentialId);
}
