package dev.wolverine.web.cli;

import dev.wolverine.db.DatabaseConfig;
import dev.wolverine.db.DatabaseUrl;
import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.KeyRecord;
import dev.wolverine.db.model.Organisation;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.postgres.KeyStore;
import dev.wolverine.db.postgres.OrganisationStore;
import dev.wolverine.web.app.StartupException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes, lists and ends keys of the running platform, by way of its database. */
@Command(
        name = "keys",
        description = "Makes, lists and ends keys.",
        synopsisSubcommandLabel = "(create | list | revoke)")
final class KeysCommand {

    private static final String CREATED_BY = AuditEntry.COMMAND_LINE;
    private static final int LONGEST_NAME = 128;

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
                            names = "--org",
                            paramLabel = "NAME",
                            description = "Organisation; needed if there is more than one.")
                    @Nullable String organisation) {
        Role granted = roleOfKeys(role);
        if (name.isBlank() || name.length() > LONGEST_NAME) {
            throw new StartupException("--name: " + name + " (expected: 1 to 128 characters)");
        }
        if (instanceId != null && granted != Role.INGEST) {
            throw new StartupException(
                    "--instance: " + instanceId + " (expected: only with --role ingest)");
        }
        ApiKey key =
                ApiKey.generate(
                        instanceId == null ? ApiKey.Kind.ORGANISATION : ApiKey.Kind.INSTANCE,
                        new SecureRandom());
        try (Database database = database(data)) {
            new KeyStore(database.writer())
                    .insert(
                            new KeyRecord(
                                    key.id(),
                                    organisation(database, organisation).id(),
                                    key.kind(),
                                    granted,
                                    name,
                                    instanceId,
                                    key.secretHash(),
                                    key.lastFour(),
                                    Instant.now(),
                                    CREATED_BY,
                                    null,
                                    null,
                                    null));
        }
        System.out.println(key.text());
        return 0;
    }

    @Command(name = "list", description = "Lists the keys of an organisation, newest first.")
    int list(
            @Mixin DataDirectoryOption data,
            @Option(
                            names = "--org",
                            paramLabel = "NAME",
                            description = "Organisation; needed if there is more than one.")
                    @Nullable String organisation) {
        try (Database database = database(data)) {
            List<KeyRecord> keys =
                    new KeyStore(database.writer()).list(organisation(database, organisation).id());
            String row = "%-10s  %-8s  %-20s  %-20s  %-5s  %s%n";
            System.out.printf(row, "ID", "ROLE", "CREATED", "LAST USED", "STATE", "NAME");
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
                        key.isLive(now) ? "live" : "ended",
                        key.name());
            }
        }
        return 0;
    }

    @Command(name = "revoke", description = "Ends a key at once.")
    int revoke(
            @Mixin DataDirectoryOption data,
            @Parameters(paramLabel = "ID", description = "As `keys list` shows it.") String id,
            @Option(
                            names = "--org",
                            paramLabel = "NAME",
                            description = "Organisation; needed if there is more than one.")
                    @Nullable String organisation) {
        try (Database database = database(data)) {
            boolean revoked =
                    new KeyStore(database.writer())
                            .revoke(organisation(database, organisation).id(), id, Instant.now(), CREATED_BY);
            if (!revoked) {
                throw new StartupException(
                        "key: " + id + " (expected: the id of a live key, as keys list shows it)");
            }
        }
        System.out.println("Revoked.");
        return 0;
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

    static Database database(DataDirectoryOption data) {
        DatabaseUrl url = DatabaseUrl.parse(data.requireState().database());
        return new Database(
                DatabaseConfig.of(
                        url.url(), url.user().orElseThrow(), url.password().orElseThrow()));
    }

    static Organisation organisation(Database database, @Nullable String name) {
        List<Organisation> all = new OrganisationStore(database.writer()).list();
        List<Organisation> wanted =
                all.stream().filter(one -> name == null || one.name().equals(name)).toList();
        if (wanted.size() == 1) {
            return wanted.getFirst();
        }
        throw new StartupException(
                "--org: "
                        + (name == null ? "missing" : name)
                        + " (expected: one of "
                        + all.stream().map(Organisation::name).collect(Collectors.joining(", "))
                        + ")");
    }
}
