package dev.wolverine.web.tls;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.Socket;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate and key of this platform, from two files that may be replaced while it runs: new
 * connections get what {@link #reload} has found, old ones go on. A pair that does not belong
 * together, as while one file is written already and the other is not, is not taken. Each pair has
 * an alias of its own: a handshake that has chosen one gets the key of that one, whatever came
 * since.
 *
 * <p>Thread-safe.
 */
public final class ServerIdentity extends X509ExtendedKeyManager {

    private static final Logger log = LoggerFactory.getLogger(ServerIdentity.class);

    /** A handshake takes a moment, the files are looked at every few seconds. */
    private static final int REMEMBERED = 4;

    private static final Duration HANDSHAKE = Duration.ofSeconds(5);

    private final Path certificate;
    private final Path key;
    private final Clock clock;
    private final Counter taken;
    private final Counter refused;

    /** The newest first. */
    private volatile List<Pair> pairs = List.of();

    private volatile long takenNanos;
    private int read;
    private String lastRefusal = "";

    /**
     * Reads both files.
     *
     * @throws IllegalArgumentException naming the setting, with what is wrong with its file
     */
    public ServerIdentity(Path certificate, Path key, Clock clock, MeterRegistry meters) {
        this.certificate = certificate;
        this.key = key;
        this.clock = clock;
        take(CertifiedKey.read(certificate, key, clock.instant()));
        taken = meters.counter("wolverine.tls.reloads", "result", "taken");
        refused = meters.counter("wolverine.tls.reloads", "result", "refused");
        Gauge.builder(
                        "wolverine.tls.certificate.end.seconds",
                        this,
                        identity -> identity.current().key.end().getEpochSecond())
                .description("When the certificate ends, in seconds since 1970.")
                .register(meters);
    }

    /** Takes what the files hold now, if it is another pair and a good one. */
    public synchronized void reload() {
        CertifiedKey found;
        try {
            found = CertifiedKey.read(certificate, key, clock.instant());
        } catch (IllegalArgumentException e) {
            refused.increment();
            String refusal = String.valueOf(e.getMessage());
            if (!refusal.equals(lastRefusal)) {
                log.warn("the certificate in use is kept: {}", refusal);
                lastRefusal = refusal;
            }
            return;
        }
        lastRefusal = "";
        if (!found.chain().equals(current().key.chain())) {
            take(found);
            taken.increment();
            log.info("a new certificate is in use, until {}", found.end());
        }
    }

    private void take(CertifiedKey found) {
        String alias = "own-" + read++;
        List<Pair> now = new ArrayList<>(List.of(new Pair(alias, found, found.keyManager(alias))));
        now.addAll(pairs.subList(0, Math.min(pairs.size(), REMEMBERED - 1)));
        takenNanos = System.nanoTime();
        pairs = List.copyOf(now);
    }

    /**
     * A handshake asks for one kind of key after the other: one that has begun before a change of
     * kind may still have the pair of before.
     */
    private @Nullable String choose(Function<X509ExtendedKeyManager, @Nullable String> question) {
        List<Pair> known = pairs;
        String alias = question.apply(known.getFirst().manager);
        boolean justChanged = System.nanoTime() - takenNanos < HANDSHAKE.toNanos();
        return alias != null || known.size() == 1 || !justChanged
                ? alias
                : question.apply(known.get(1).manager);
    }

    private Pair current() {
        return pairs.getFirst();
    }

    private X509ExtendedKeyManager managerOf(String alias) {
        return pairs.stream()
                .filter(pair -> pair.alias.equals(alias))
                .findFirst()
                .orElse(current())
                .manager;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        return choose(manager -> manager.chooseEngineServerAlias(keyType, issuers, engine));
    }

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, Socket socket) {
        return choose(manager -> manager.chooseServerAlias(keyType, issuers, socket));
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return current().manager.getServerAliases(keyType, issuers);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return managerOf(alias).getCertificateChain(alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return managerOf(alias).getPrivateKey(alias);
    }

    /** Nobody is connected to with it. */
    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyType, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }

    private record Pair(String alias, CertifiedKey key, X509ExtendedKeyManager manager) {}
}
