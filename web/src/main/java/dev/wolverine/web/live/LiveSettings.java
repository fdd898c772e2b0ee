package dev.wolverine.web.live;

import java.time.Duration;

/**
 * Times and bounds of the live feed.
 *
 * @param authWithin from the upgrade to the first message
 * @param flushEvery shortest time between two rounds of changes to one socket
 * @param pingEvery between two pings
 * @param pongWithin after a ping; then the socket is closed
 * @param recheckEvery between two proofs of the credential
 * @param staleAfter how long a reader may be behind before it begins anew with a snapshot
 * @param stalledFor how long a reader may take nothing before its socket is closed
 * @param maxSockets of this process
 * @param maxSocketsPerOrganisation of one organisation
 * @param maxSocketsPerSubject of one user or key
 */
public record LiveSettings(
        Duration authWithin,
        Duration flushEvery,
        Duration pingEvery,
        Duration pongWithin,
        Duration recheckEvery,
        Duration staleAfter,
        Duration stalledFor,
        int maxSockets,
        int maxSocketsPerOrganisation,
        int maxSocketsPerSubject) {

    /** The usual ones. */
    public static LiveSettings defaults() {
        return new LiveSettings(
                Duration.ofSeconds(5),
                Duration.ofMillis(250),
                Duration.ofSeconds(25),
                Duration.ofSeconds(10),
                Duration.ofSeconds(15),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                10_000,
                500,
                20);
    }
}
