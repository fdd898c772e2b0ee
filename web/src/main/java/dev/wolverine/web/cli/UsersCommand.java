package dev.wolverine.web.cli;

import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.Organisation;
import dev.wolverine.db.model.Person;
import dev.wolverine.db.model.PersonChange;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.LinkStore;
import dev.wolverine.db.postgres.PersonStore;
import dev.wolverine.web.app.StartupException;
import dev.wolverine.web.session.Links;
import dev.wolverine.web.session.PasswordHasher;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks after the people of the running platform, by way of its database. */
@Command(
        name = "users",
        description = "Lists, invites and changes people.",
        synopsisSubcommandLabel = "(list | invite | role | disable | enable | reset)")
final class UsersCommand {

    @Command(name = "list", description = "Lists the people of an organisation.")
    int list(@Mixin DataDirectoryOption data, @Mixin OrganisationOption organisation) {
        try (RunningPlatform platform = new RunningPlatform(data)) {
            String row = "%-40s  %-8s  %-20s  %s%n";
            System.out.printf(row, "EMAIL", "ROLE", "LAST LOGIN", "STATE");
            for (Person person :
                    new PersonStore(platform.database().writer())
                            .list(platform.organisation(organisation).id())) {
                System.out.printf(
                        row,
                        person.email(),
                        person.role().label(),
                        Optional.ofNullable(person.lastLoginAt())
                                .map(login -> login.truncatedTo(ChronoUnit.SECONDS).toString())
                                .orElse("never"),
                        person.disabledAt() == null ? "active" : "disabled");
            }
        }
        return 0;
    }

    @Command(
            name = "invite",
            description = "Prints a link, good once and for a week, that makes an account.")
    int invite(
            @Mixin DataDirectoryOption data,
            @Parameters(paramLabel = "EMAIL", description = "To log in with.") String email,
            @Option(names = "--role", required = true, description = OrgsCommand.ROLES) String role,
            @Mixin OrganisationOption organisation) {
        Role granted = role(role);
        try (RunningPlatform platform = new RunningPlatform(data)) {
            print(
                    platform,
                    links(platform)
                            .invite(
                                    platform.organisation(organisation),
                                    OrgsCommand.email(email),
                                    granted,
                                    AuditEntry.COMMAND_LINE));
        }
        return 0;
    }

    @Command(name = "role", description = "Gives a person another role; their sessions end.")
    int role(
            @Mixin DataDirectoryOption data,
            @Parameters(paramLabel = "EMAIL", description = "As `users list` shows it.")
                    String email,
            @Parameters(paramLabel = "ROLE", description = OrgsCommand.ROLES) String role,
            @Mixin OrganisationOption organisation) {
        Role granted = role(role);
        return change(
                data,
                email,
                organisation,
                (people, by, person) -> people.changeRole(by, person.id(), granted, Instant.now()));
    }

    @Command(name = "disable", description = "Lets a person in no longer; their sessions end.")
    int disable(
            @Mixin DataDirectoryOption data,
            @Parameters(paramLabel = "EMAIL", description = "As `users list` shows it.")
                    String email,
            @Mixin OrganisationOption organisation) {
        return change(
                data,
                email,
                organisation,
                (people, by, person) -> people.disable(by, person.id(), Instant.now()));
    }

    @Command(name = "enable", description = "Lets a person in again.")
    int enable(
            @Mixin DataDirectoryOption data,
            @Parameters(paramLabel = "EMAIL", description = "As `users list` shows it.")
                    String email,
            @Mixin OrganisationOption organisation) {
        return change(
                data,
                email,
                organisation,
                (people, by, person) -> people.enable(by, person.id(), Instant.now()));
    }

    @Command(
            name = "reset",
            description = "Prints a link, good once and for a day, that sets a new password.")
    int reset(
            @Mixin DataDirectoryOption data,
            @Parameters(paramLabel = "EMAIL", description = "As `users list` shows it.")
                    String email,
            @Mixin OrganisationOption organisation) {
        try (RunningPlatform platform = new RunningPlatform(data)) {
            Organisation wanted = platform.organisation(organisation);
            Person person = person(new PersonStore(platform.database().writer()), wanted, email);
            if (person.disabledAt() != null) {
                throw new StartupException(
                        "user: " + email + " is disabled (expected: one who may log in)");
            }
            print(platform, links(platform).passwordFor(wanted, person, AuditEntry.COMMAND_LINE));
        }
        return 0;
    }

    static Links links(RunningPlatform platform) {
        SecureRandom random = new SecureRandom();
        return new Links(
                new LinkStore(platform.database().writer()),
                new PasswordHasher(random),
                random,
                Clock.systemUTC());
    }

    static void print(RunningPlatform platform, Links.Made made) {
        System.out.println(platform.http() + made.path());
    }

    private static int change(
            DataDirectoryOption data,
            String email,
            OrganisationOption organisation,
            Change change) {
        try (RunningPlatform platform = new RunningPlatform(data)) {
            PersonStore people = new PersonStore(platform.database().writer());
            Organisation wanted = platform.organisation(organisation);
            Principal by = new Principal(wanted.id(), Role.OWNER, AuditEntry.COMMAND_LINE, null);
            PersonChange result = change.of(people, by, person(people, wanted, email));
            if (result.outcome() == PersonChange.Outcome.LAST_OWNER) {
                throw new StartupException(
                        "user: "
                                + email
                                + " is the last owner (expected: another owner beforehand)");
            }
            if (result.outcome() != PersonChange.Outcome.DONE) {
                throw new StartupException("user: " + email + " is gone (expected: a person)");
            }
            platform.tell(result.endedSessions());
            System.out.println("Done; " + result.endedSessions().size() + " sessions ended.");
        }
        return 0;
    }

    private static Person person(PersonStore people, Organisation organisation, String email) {
        return people.list(organisation.id()).stream()
                .filter(person -> person.email().equals(email.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() ->
                        new StartupException(
                                "user: "
                                        + email
                                        + " (expected: an address, as users list shows it)"));
    }

    private static Role role(String label) {
        return Arrays.stream(Role.values())
                .filter(role -> role != Role.INGEST && role.label().equals(label))
                .findFirst()
                .orElseThrow(() ->
                        new StartupException(
                                "role: "
                                        + label
                                        + " (expected: owner, admin, operator, viewer or"
                                        + " auditor)"));
    }

    /** One change of a person who is there. */
    @FunctionalInterface
    private interface Change {
        PersonChange of(PersonStore people, Principal by, Person person);
    }
}
