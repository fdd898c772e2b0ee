package dev.wolverine.db.model;

import java.util.HexFormat;
import java.util.UUID;

/**
 * A login that is over, for every process that holds something open by it.
 *
 * @param tokenHash of its token, in hexadecimal: nobody gets in by it
 */
public record SessionEnd(UUID organisationId, String tokenHash) {

    public static SessionEnd of(UUID organisationId, byte[] tokenHash) {
        return new SessionEnd(organisationId, HexFormat.of().formatHex(tokenHash));
    }
}
