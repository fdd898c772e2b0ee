package dev.wolverine.db.alert;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;

/** What an alert is about, inside its organisation: of each, at most one alert is open. */
public record Fingerprint(String hex) {

    public static Fingerprint of(long ruleId, int serverId, SortedMap<String, String> labels) {
        MessageDigest digest = sha256();
        digest.update(bytes(ruleId + "\0" + serverId));
        labels.forEach((name, value) -> digest.update(bytes("\0" + name + "\0" + value)));
        return new Fingerprint(HexFormat.of().formatHex(digest.digest()));
    }

    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
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
