package dev.wolverine.web.cli;

import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.Collision;
import dev.wolverine.db.model.EnrolmentToken;
import dev.wolverine.db.model.KeyRecord;
import dev.wolverine.db.model.PendingEnrolment;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.EnrolmentStore;
import dev.wolverine.db.postgres.PairingStore;
import dev.wolverine.db.postgres.SelectCollisions;
import dev.wolverine.web.app.StartupException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lets instances in to the running platform, by way of its database. */
@Command(
        name = "enrol",
        description = "Lets instances in: by a URL, or by approving them one by one.",
        synopsisSubcommandLabel =
                "(token | tokens | window | pending | approve | reject | collisions)")
final class EnrolCommand {

    private static final String BY = AuditEntry.COMMAND_LINE;
    private static final int MOST_INSTANCES = 100_000;

    @Command(name = "token", description = "Makes an enrolment URL and prints it, this once.")
    int token(
            @Mixin DataDirectoryOption data,
            @Option(names = "--name", required = true, description = "What the URL is for.")
                    String name,
            @Option(
                            names = "--expires",
                            paramLabel = "DURATION",
                            defaultValue = "7d",
                            description = "How long it lets instances in (default: 7d).")
                    String expires,
            @Option(
                            names = "--max-instances",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "How many different instances (default: 100).")
                    int maxInstances,
            @Mixin OrganisationOption organisation) {
        KeysCommand.checkText("--name", name);
        Duration life =
                Durations.parse("--expires", expires, Duration.ofMinutes(1), Duration.ofDays(365));
        if (maxInstances < 1 || maxInstances > MOST_INSTANCES) {
            throw new StartupException(
                    "--max-instances: " + maxInstances + " (expected: 1 to 100000)");
        }
        ApiKey key = ApiKey.generate(ApiKey.Kind.ENROLMENT, new SecureRandom());
        try (RunningPlatform platform = new RunningPlatform(data)) {
            Instant now = now();
            new EnrolmentStore(platform.database().writer())
                    .insertToken(
                            KeyRecord.made(
                                    key,
                                    platform.organisation(organisation).id(),
                                    Role.INGEST,
                                    name,
                                    null,
                                    now,
                                    BY,
                                    now.plus(life)),
                            maxInstances);
            System.out.println(platform.http() + "/e/" + key.text());
        }
        return 0;
    }

    @Command(name = "tokens", description = "Lists the enrolment URLs, newest first.")
    int tokens(@Mixin DataDirectoryOption data, @Mixin OrganisationOption organisation) {
        try (RunningPlatform platform = new RunningPlatform(data)) {
            String row = "%-10s  %-20s  %-9s  %-5s  %s%n";
            System.out.printf(row, "ID", "EXPIRES", "INSTANCES", "STATE", "NAME");
            Instant now = Instant.now();
            for (EnrolmentToken token :
                    new EnrolmentStore(platform.database().writer())
                            .tokens(platform.organisation(organisation).id())) {
                KeyRecord key = token.key();
                System.out.printf(
                        row,
                        key.id(),
                        seconds(key.expiresAt()),
                        token.instances() + "/" + token.maxInstances(),
                        key.isLive(now) ? "live" : "ended",
                        key.name());
            }
        }
        return 0;
    }

    @Command(
            name = "window",
            description = "Opens the pairing window, or closes it: who registers then waits.")
    int window(
            @Mixin DataDirectoryOption data,
            @Option(
                            names = "--for",
                            paramLabel = "DURATION",
                            defaultValue = "10m",
                            description = "How long it stays open, at most 1h (default: 10m).")
                    String time,
            @Option(names = "--close", description = "Closes it.") boolean close,
            @Mixin OrganisationOption organisation) {
        Duration open = Durations.parse("--for", time, Duration.ofSeconds(60), Duration.ofHours(1));
        try (RunningPlatform platform = new RunningPlatform(data)) {
            UUID id = platform.organisation(organisation).id();
            PairingStore pairing = new PairingStore(platform.database().writer());
            Instant now = now();
            if (close) {
                System.out.println(
                        pairing.close(id, now, BY) ? "Closed." : "No pairing window was open.");
                return 0;
            }
            Instant closesAt = now.plus(open);
            if (!pairing.open(id, now, closesAt, BY)) {
                throw new StartupException(
                        "window: another organisation's is open (expected: one at a time)");
            }
            System.out.println("Open until " + seconds(closesAt) + ".");
        }
        return 0;
    }

    @Command(name = "pending", description = "Lists who waits, longest first.")
    int pending(@Mixin DataDirectoryOption data, @Mixin OrganisationOption organisation) {
        try (RunningPlatform platform = new RunningPlatform(data)) {
            String row = "%-36s  %-20s  %-15s  %-20s  %-8s  %-5s  %s%n";
            System.out.printf(
                    row, "ID", "INSTANCE", "ADDRESS", "LAST SEEN", "STATE", "KNOWN", "NAME");
            for (PendingEnrolment one :
                    new PairingStore(platform.database().writer())
                            .pending(platform.organisation(organisation).id())) {
                Boolean approved = one.approved();
                System.out.printf(
                        row,
                        one.id(),
                        one.instanceId(),
                        one.address(),
                        seconds(one.lastSeen()),
                        approved == null ? "pending" : approved ? "approved" : "rejected",
                        one.knownSince() == null ? "no" : "yes",
                        one.name() == null ? "" : one.name());
            }
        }
        return 0;
    }

    @Command(
            name = "approve",
            description = "Lets one in: its next try from the same address gets a key.")
    int approve(
            @Mixin DataDirectoryOption data,
            @Parameters(paramLabel = "ID", description = "As `enrol pending` shows it.") String id,
            @Mixin OrganisationOption organisation) {
        decide(data, id, true, organisation);
        System.out.println("Approved: it has 15 minutes to come back from the same address.");
        return 0;
    }

    @Command(name = "reject", description = "Sends one away, for a day.")
    int reject(
            @Mixin DataDirectoryOption data,
            @Parameters(paramLabel = "ID", description = "As `enrol pending` shows it.") String id,
            @Mixin OrganisationOption organisation) {
        decide(data, id, false, organisation);
        System.out.println("Rejected.");
        return 0;
    }

    @Command(name = "collisions", description = "Lists instance ids that several runners share.")
    int collisions(@Mixin DataDirectoryOption data, @Mixin OrganisationOption organisation) {
        try (RunningPlatform platform = new RunningPlatform(data)) {
            List<Collision> found =
                    new SelectCollisions(platform.database().writer())
                            .of(platform.organisation(organisation).id());
            if (found.isEmpty()) {
                System.out.println("No instance id is shared.");
                return 0;
            }
            String row = "%-20s  %-7s  %-20s  %-32s  %s%n";
            System.out.printf(row, "INSTANCE", "RUNNERS", "LAST SEEN", "KEYS IN USE", "NAME");
            for (Collision one : found) {
                System.out.printf(
                        row,
                        one.instanceId(),
                        one.runners(),
                        seconds(one.lastSeen()),
                        String.join(" ", one.keyIds()),
                        one.name() == null ? "" : one.name());
            }
            System.out.println(
                    "With several keys in use: keys split ID --instance NEW. Else give each runner a"
                            + " WOLVERINE_INSTANCE_ID of its own.");
        }
        return 0;
    }

    private static void decide(
            DataDirectoryOption data,
            String id,
            boolean approved,
            OrganisationOption organisation) {
        UUID entry = entry(id);
        try (RunningPlatform platform = new RunningPlatform(data)) {
            if (!new PairingStore(platform.database().writer())
                    .decide(platform.organisation(organisation).id(), entry, approved, now(), BY)) {
                throw nobodyWaits(id);
            }
        }
    }

    private static UUID entry(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw nobodyWaits(id);
        }
    }

    private static StartupException nobodyWaits(String id) {
        return new StartupException(
                "enrolment: " + id + " (expected: one that waits, as enrol pending shows)");
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    private static String seconds(@Nullable Instant time) {
        return time == null ? "never" : time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
