package dev.wolverine.web.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * A certificate, those that vouch for it, and its private key, known to belong together.
 *
 * @param chain our own first
 */
record CertifiedKey(List<X509Certificate> chain, PrivateKey key) {

    private static final Pattern PKCS8 =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final byte[] SAMPLE = "belongs together".getBytes(StandardCharsets.US_ASCII);

    CertifiedKey {
        chain = List.copyOf(chain);
    }

    /**
     * Reads both files.
     *
     * @throws IllegalArgumentException naming the setting, with what is wrong with its file
     */
    static CertifiedKey read(Path certificate, Path key, Instant now) {
        List<X509Certificate> chain = chain(certificate);
        X509Certificate own = chain.getFirst();
        if (now.isAfter(own.getNotAfter().toInstant())) {
            throw refused(
                    "tls.certificate",
                    certificate,
                    "one that has not ended, as this has at " + own.getNotAfter().toInstant());
        }
        PrivateKey privateKey = privateKey(key, own.getPublicKey().getAlgorithm());
        if (!belongTogether(own.getPublicKey(), privateKey)) {
            throw refused("tls.key", key, "the key of the certificate in tls.certificate");
        }
        return new CertifiedKey(chain, privateKey);
    }

    Instant end() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    /**
     * @param alias that the key is known by; lower case
     */
    X509ExtendedKeyManager keyManager(String alias) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(alias, key, new char[0], chain.toArray(Certificate[]::new));
            KeyManagerFactory factory =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, new char[0]);
            for (KeyManager manager : factory.getKeyManagers()) {
                if (manager instanceof X509ExtendedKeyManager found) {
                    return found;
                }
            }
            throw new IllegalStateException("no key manager for X.509");
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("a key that was read cannot be used", e);
        }
    }

    private static List<X509Certificate> chain(Path file) {
        try {
            List<X509Certificate> chain =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(
                                    new ByteArrayInputStream(bytes("tls.certificate", file)))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (!chain.isEmpty()) {
                return chain;
            }
        } catch (CertificateException e) {
            // Said below.
        }
        throw refused("tls.certificate", file, "certificates in PEM, the platform's own first");
    }

    private static PrivateKey privateKey(Path file, String algorithm) {
        Matcher pem = PKCS8.matcher(new String(bytes("tls.key", file), StandardCharsets.US_ASCII));
        if (!pem.find()) {
            throw refused(
                    "tls.key",
                    file,
                    "an unencrypted key in PEM that begins with BEGIN PRIVATE KEY;"
                            + " openssl pkcs8 -topk8 -nocrypt makes it from others");
        }
        try {
            return KeyFactory.getInstance(algorithm)
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(
                                    Base64.getMimeDecoder().decode(pem.group(1).strip())));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw refused("tls.key", file, "a key for a certificate of " + algorithm);
        }
    }

    private static boolean belongTogether(PublicKey open, PrivateKey secret) {
        try {
            Signature signature =
                    Signature.getInstance(
                            switch (open.getAlgorithm()) {
                                case "RSA" -> "SHA256withRSA";
                                case "EC" -> "SHA256withECDSA";
                                default -> open.getAlgorithm();
                            });
            signature.initSign(secret);
            signature.update(SAMPLE);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(SAMPLE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static byte[] bytes(String setting, Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw refused(setting, file, "a file that can be read");
        }
    }

    private static IllegalArgumentException refused(String setting, Path file, String expected) {
        return new IllegalArgumentException(
                setting + ": " + file + " (expected: " + expected + ")");
    }
}
