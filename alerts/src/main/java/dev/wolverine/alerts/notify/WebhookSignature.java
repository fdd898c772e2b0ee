package dev.wolverine.alerts.notify;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs as Standard Webhooks says: HMAC-SHA256 of `id.timestamp.body`. */
final class WebhookSignature {

    private static final String ALGORITHM = "HmacSHA256";

    private WebhookSignature() {}

    /** The value of the header `webhook-signature`: one signature by each secret. */
    static String header(List<SecretText> secrets, String id, long timestamp, byte[] body) {
        return secrets.stream()
                .map(secret ->
                        "v1,"
                                + Base64.getEncoder()
                                        .encodeToString(sign(secret, id, timestamp, body)))
                .collect(Collectors.joining(" "));
    }

    private static byte[] sign(SecretText secret, String id, long timestamp, byte[] body) {
        byte[] key =
                Base64.getDecoder()
                        .decode(secret.reveal().substring(ChannelRules.SECRET_PREFIX.length()));
        Mac mac = mac(key);
        mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
        return mac.doFinal(body);
    }

    /** Ready to be fed. */
    static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
