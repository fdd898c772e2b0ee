package dev.wolverine.web.cli;

import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.KeyChange;
import dev.wolverine.db.model.KeyRecord;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.KeyStore;
import dev.wolverine.web.app.StartupException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes, lists, rotates and ends keys of the running platform, by way of its database. */
@Command(
        name = "keys",
        description = "Makes, lists, rotates and ends keys.",
        synopsisSubcommandLabel = "(create | list | revoke | rotate | split)")
final class KeysCommand {

    private static final String CREATED_BY = AuditEntry.COMMAND_LINE;
    private static final int LONGEST_TEXT = 128;
    private static final Duration SHORTEST_OVERLAP = Duration.ofSeconds(60);

    @Command(name = "create", description = "Makes a key and prints it, this once.")
    int create(
            @Mixin DataDirectoryOption data,
            @Option(names = "--name", required = true, description = "What the key is for.")
                    String name,
            @Option(
                            names = "--role",
                            required = true,
                            description = "ingest, viewer, operator or admin.")
                    String role,
            @Option(
                            names = "--instance",
                            paramLabel = "ID",
                            description = "The one instance that an ingest key may write for.")
                    @Nullable String instanceId,
            @Option(
                            names = "--expires",
                            paramLabel = "DURATION",
                            description = "How long it is good, as 24h or 90d (default: for ever).")
                    @Nullable String expires,
            @Mixin OrganisationOption organisation) {
        Role granted = roleOfKeys(role);
        checkText("--name", name);
        if (instanceId != null) {
            checkText("--instance", instanceId);
            if (granted != Role.INGEST) {
                throw new StartupException(
                        "--instance: " + instanceId + " (expected: only with --role ingest)");
            }
        }
        ApiKey key =
                ApiKey.generate(
                        instanceId == null ? ApiKey.Kind.ORGANISATION : ApiKey.Kind.INSTANCE,
                        new SecureRandom());
        Instant now = now();
        try (RunningPlatform platform = new RunningPlatform(data)) {
            new KeyStore(platform.database().writer())
                    .insert(
                            KeyRecord.made(
                                    key,
                                    platform.organisation(organisation).id(),
                                    granted,
                                    name,
                                    instanceId,
                                    now,
                                    CREATED_BY,
                                    expires == null
                                            ? null
                                            : now.plus(
                                                    Durations.parse(
                                                            "--expires",
                                                            expires,
                                                            Duration.ofMinutes(1),
                                                            Duration.ofDays(3_650)))));
        }
        System.out.println(key.text());
        return 0;
    }

    @Command(name = "list", description = "Lists the keys of an organisation, newest first.")
    int list(@Mixin DataDirectoryOption data, @Mixin OrganisationOption organisation) {
        try (RunningPlatform platform = new RunningPlatform(data)) {
            List<KeyRecord> keys =
                    new KeyStore(platform.database().writer())
                            .list(platform.organisation(organisation).id());
            String row = "%-10s  %-8s  %-20s  %-20s  %-25s  %-20s  %s%n";
            System.out.printf(
                    row, "ID", "ROLE", "CREATED", "LAST USED", "STATE", "INSTANCE", "NAME");
            Instant now = Instant.now();
            for (KeyRecord key : keys) {
                System.out.printf(
                        row,
                        key.id(),
                        key.role().label(),
                        key.createdAt().truncatedTo(ChronoUnit.SECONDS),
                        Optional.ofNullable(key.lastUsedAt())
                                .map(used -> used.truncatedTo(ChronoUnit.SECONDS).toString())
                                .orElse("never"),
                        state(key, now),
                        key.instanceId() == null ? "any" : key.instanceId(),
                        key.name());
            }
        }
        return 0;
    }

    @Command(name = "revoke", description = "Ends a key at once.")
    int revoke(
            @Mixin DataDirectoryOption data,
            @Parameters(paramLabel = "ID", description = "As `keys list` shows it.") String id,
            @Mixin OrganisationOption organisation) {
        try (RunningPlatform platform = new RunningPlatform(data)) {
            UUID organisationId = platform.organisation(organisation).id();
            if (!new KeyStore(platform.database().writer())
                    .revoke(organisationId, id, now(), CREATED_BY)) {
                throw noSuchKey(id);
            }
            platform.tell(KeyChange.ended(organisationId, id));
        }
        System.out.println("Revoked.");
        return 0;
    }

    @Command(
            name = "rotate",
            description = "Makes the successor of a key and prints it, this once.")
    int rotate(
            @Mixin DataDirectoryOption data,
            @Parameters(paramLabel = "ID", description = "As `keys list` shows it.") String id,
            @Option(
                            names = "--overlap",
                            paramLabel = "DURATION",
                            defaultValue = "24h",
                            description =
                                    "How long the old key stays good, 0s, or 60s to 7d (default: 24h).")
                    String overlap,
            @Mixin OrganisationOption organisation) {
        Duration kept = overlap(overlap);
        AtomicReference<ApiKey> fresh = new AtomicReference<>();
        try (RunningPlatform platform = new RunningPlatform(data)) {
            UUID organisationId = platform.organisation(organisation).id();
            KeyRecord next =
                    new KeyStore(platform.database().writer())
                            .rotate(
                                    organisationId,
                                    id,
                                    kind -> {
                                        ApiKey key = ApiKey.generate(kind, new SecureRandom());
                                        fresh.set(key);
                                        return key;
                                    },
                                    kept,
                                    now(),
                                    CREATED_BY)
                            .orElseThrow(() -> noSuchKey(id));
            if (kept.isZero()) {
                platform.tell(KeyChange.ended(organisationId, String.valueOf(next.replaces())));
            }
        }
        System.out.println(fresh.get().text());
        return 0;
    }

    @Command(
            name = "split",
            description =
                    "Binds a key of an instance to another one: whoever uses it is a server of its own.")
    int split(
            @Mixin DataDirectoryOption data,
            @Parameters(paramLabel = "ID", description = "As `enrol collisions` shows it.")
                    String id,
            @Option(
                            names = "--instance",
                            paramLabel = "NEW",
                            required = true,
                            description = "An instance id that nobody has.")
                    String instanceId,
            @Mixin OrganisationOption organisation) {
        checkText("--instance", instanceId);
        try (RunningPlatform platform = new RunningPlatform(data)) {
            UUID organisationId = platform.organisation(organisation).id();
            switch (new KeyStore(platform.database().writer())
                    .rebind(organisationId, id, instanceId, now(), CREATED_BY)) {
                case DONE -> platform.tell(KeyChange.rebound(organisationId, id));
                case NO_SUCH_KEY -> throw noSuchKey(id);
                case TAKEN ->
                        throw new StartupException(
                                "--instance: "
                                        + instanceId
                                        + " (expected: one that no server and no key has)");
            }
        }
        System.out.println("Split.");
        return 0;
    }

    /** A name or an id: something to read, on one line. */
    static void checkText(String option, String text) {
        if (text.isBlank()
                || text.length() > LONGEST_TEXT
                || text.codePoints().anyMatch(Character::isISOControl)) {
            throw new StartupException(
                    option
                            + ": "
                            + text.strip().lines().findFirst().orElse("blank")
                            + " (expected: 1 to 128 characters on one line)");
        }
    }

    /** As over HTTP: other processes hear of a nearer end too late. */
    private static Duration overlap(String text) {
        Duration overlap = Durations.parse("--overlap", text, Duration.ZERO, Duration.ofDays(7));
        if (!overlap.isZero() && overlap.compareTo(SHORTEST_OVERLAP) < 0) {
            throw new StartupException("--overlap: " + text + " (expected: 0s, or 60s to 7d)");
        }
        return overlap;
    }

    private static String state(KeyRecord key, Instant now) {
        if (!key.isLive(now)) {
            return "ended";
        }
        return key.expiresAt() == null
                ? "live"
                : "till " + key.expiresAt().truncatedTo(ChronoUnit.MINUTES);
    }

    private static StartupException noSuchKey(String id) {
        return new StartupException(
                "key: " + id + " (expected: the id of a live key, as keys list shows it)");
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    /** A key of a person's standing would outlive the person: keys stop below the owner. */
    private static Role roleOfKeys(String label) {
        return List.of(Role.INGEST, Role.VIEWER, Role.OPERATOR, Role.ADMIN).stream()
                .filter(role -> role.label().equals(label))
                .findFirst()
                .orElseThrow(() ->
                        new StartupException(
                                "--role: "
                                        + label
                                        + " (expected: ingest, viewer, operator or"
                                        + " admin)"));
    }
}
