package dev.wolverine.db.alert;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an alert is about, inside its organisation: of each, at most one alert is open.
 *
 * @param serverId 0: no single server
 */
public record Fingerprint(long ruleId, int serverId, SortedMap<String, String> labels) {

    public Fingerprint {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /** As it is stored: SHA-256. */
    public byte[] hash() {
        MessageDigest digest = sha256();
        digest.update(bytes(ruleId + "\0" + serverId));
        labels.forEach((name, value) -> digest.update(bytes("\0" + name + "\0" + value)));
        return digest.digest();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
