package dev.wolverine.web.cli;

import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.Organisation;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.OrganisationStore;
import dev.wolverine.web.app.StartupException;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes and lists organisations of the running platform, by way of its database. */
@Command(
        name = "orgs",
        description = "Makes and lists organisations.",
        synopsisSubcommandLabel = "(create | list)")
final class OrgsCommand {

    static final String ROLES = "owner, admin, operator, viewer or auditor.";

    private static final int LONGEST_NAME = 128;
    private static final int LONGEST_EMAIL = 254;
    private static final Pattern EMAIL = Pattern.compile("[\\x21-\\x7e&&[^@]]+@[A-Za-z0-9.-]+");

    @Command(
            name = "create",
            description = "Makes an organisation; with --owner prints the link for its owner.")
    int create(
            @Mixin DataDirectoryOption data,
            @Parameters(paramLabel = "NAME", description = "Not one that there is.") String name,
            @Option(
                            names = "--owner",
                            paramLabel = "EMAIL",
                            description = "Who gets the link, good once and for a week.")
                    @Nullable String owner) {
        if (name.isBlank()
                || name.length() > LONGEST_NAME
                || name.codePoints().anyMatch(Character::isISOControl)) {
            throw new StartupException("name: " + name + " (expected: 1 to 128 characters)");
        }
        String email = owner == null ? null : email(owner);
        try (RunningPlatform platform = new RunningPlatform(data)) {
            if (platform.organisations().stream().anyMatch(one -> one.name().equals(name))) {
                throw new StartupException("name: " + name + " (expected: one that is not taken)");
            }
            Organisation made =
                    new OrganisationStore(platform.database().writer())
                            .create(name, AuditEntry.COMMAND_LINE, Instant.now());
            if (email == null) {
                System.out.println(made.id());
            } else {
                UsersCommand.print(
                        platform,
                        UsersCommand.links(platform)
                                .invite(made, email, Role.OWNER, AuditEntry.COMMAND_LINE));
            }
        }
        return 0;
    }

    @Command(name = "list", description = "Lists all organisations, oldest first.")
    int list(@Mixin DataDirectoryOption data) {
        try (RunningPlatform platform = new RunningPlatform(data)) {
            String row = "%-36s  %s%n";
            System.out.printf(row, "ID", "NAME");
            platform.organisations().forEach(one -> System.out.printf(row, one.id(), one.name()));
        }
        return 0;
    }

    static String email(String text) {
        if (text.length() > LONGEST_EMAIL || !EMAIL.matcher(text).matches()) {
            throw new StartupException("email: " + text + " (expected: an address, name@host)");
        }
        return text;
    }
}
