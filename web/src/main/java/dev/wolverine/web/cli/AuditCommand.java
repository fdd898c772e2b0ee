package dev.wolverine.web.cli;

import dev.wolverine.db.model.AuditRecord;
import dev.wolverine.db.model.AuditVerdict;
import dev.wolverine.db.model.Organisation;
import dev.wolverine.db.postgres.AuditLog;
import dev.wolverine.web.api.AuditFile;
import dev.wolverine.web.app.StartupException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Checks and writes out the audit log of the running platform, by way of its database. */
@Command(
        name = "audit",
        description = "Checks and writes out the audit log.",
        synopsisSubcommandLabel = "(verify | export)")
final class AuditCommand {

    @Command(
            name = "verify",
            description = {
                "Recomputes the chain of every organisation, or of one, and says where the first record is that is not",
                "as it was written. Prints the head: kept elsewhere, it shows later whether the log was made anew."
            })
    int verify(
            @Mixin DataDirectoryOption data,
            @Mixin OrganisationOption organisation,
            @Option(
                            names = "--head",
                            paramLabel = "NUMBER:HASH",
                            description = "A head printed earlier; its record must still be there.")
                    @Nullable String head) {
        boolean intact = true;
        try (RunningPlatform platform = new RunningPlatform(data)) {
            AuditLog log = new AuditLog(platform.database().writer());
            List<Organisation> wanted =
                    head == null
                            ? organisation.allUnlessNamed(platform.organisations())
                            : List.of(platform.organisation(organisation));
            for (Organisation one : wanted) {
                switch (log.verify(one.id())) {
                    case AuditVerdict.Intact(long records, byte[] last) ->
                            System.out.printf(
                                    "%s: intact, %d records, head %d:%s%n",
                                    one.name(), records, records, HexFormat.of().formatHex(last));
                    case AuditVerdict.Broken(long sequence, String reason) -> {
                        intact = false;
                        System.out.printf(
                                "%s: BROKEN at record %d: %s%n", one.name(), sequence, reason);
                    }
                }
                if (head != null && !holds(log, one, head)) {
                    intact = false;
                    System.out.printf(
                            "%s: BROKEN: the record of that head is another%n", one.name());
                }
            }
        }
        return intact ? 0 : 1;
    }

    @Command(name = "export", description = "Writes the log of an organisation, oldest first.")
    int export(
            @Mixin DataDirectoryOption data,
            @Option(
                            names = "--format",
                            defaultValue = "ndjson",
                            description = "ndjson (the default) or csv.")
                    String format,
            @Mixin OrganisationOption organisation) {
        AuditFile file =
                Arrays.stream(AuditFile.values())
                        .filter(one -> one.extension().equals(format))
                        .findFirst()
                        .orElseThrow(() ->
                                new StartupException(
                                        "--format: " + format + " (expected: ndjson or csv)"));
        try (RunningPlatform platform = new RunningPlatform(data)) {
            System.out.print(file.beginning());
            new AuditLog(platform.database().writer())
                    .forEach(
                            platform.organisation(organisation).id(),
                            record -> System.out.print(file.text(List.of(record))));
        }
        System.out.flush();
        return 0;
    }

    private static boolean holds(AuditLog log, Organisation organisation, String head) {
        String[] parts = head.split(":", 2);
        if (parts.length != 2 || !parts[0].matches("\\d{1,18}")) {
            throw new StartupException("--head: " + head + " (expected: NUMBER:HASH)");
        }
        long number = Long.parseLong(parts[0]);
        if (number == 0) {
            return parts[1].equals(HexFormat.of().formatHex(AuditRecord.beginning()));
        }
        return log.page(organisation.id(), number - 1).stream()
                .limit(1)
                .anyMatch(record ->
                        record.sequence() == number
                                && HexFormat.of().formatHex(record.hash()).equals(parts[1]));
    }
}
