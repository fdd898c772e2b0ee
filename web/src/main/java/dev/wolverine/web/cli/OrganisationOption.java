package dev.wolverine.web.cli;

import dev.wolverine.db.model.Organisation;
import dev.wolverine.web.app.StartupException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which organisation is meant. */
final class OrganisationOption {

    @Option(
            names = "--org",
            paramLabel = "NAME",
            description = "Organisation, where there is more than one.")
    private @Nullable String name;

    /** The one that was named; all if none was. */
    List<Organisation> allUnlessNamed(List<Organisation> all) {
        return name == null ? all : List.of(of(all));
    }

    /**
     * The one that was named; if none was, the only one there is.
     *
     * @throws StartupException unless it is one of these
     */
    Organisation of(List<Organisation> all) {
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
