package dev.wolverine.db.embedded;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * As whom the servers run, and how they are tied to us.
 *
 * <p>PostgreSQL refuses to run as root. A platform started by root hands its servers to the system
 * user `postgres`, or, where there is none or the directory is out of its reach, to a user
 * namespace in which nobody is root. Everybody else runs them as themselves.
 *
 * <p>On Linux the kernel interrupts a server when the thread that started it ends, so that no
 * server outlives a platform that was killed; and a server leads a session of its own, so that a
 * Ctrl-C meant for the platform does not reach it first. Immutable.
 */
final class ServiceAccount {

    private static final String SYSTEM_USER = "postgres";
    private static final List<String> DIES_WITH_US = List.of("--pdeathsig", "INT");

    private final List<String> prefix;
    private final @Nullable UserPrincipal owner;

    private ServiceAccount(List<String> prefix, @Nullable UserPrincipal owner) {
        this.prefix = List.copyOf(prefix);
        this.owner = owner;
    }

    /**
     * Finds the account for servers whose files are below a directory.
     *
     * @throws EmbeddedServerException if we are root and there is nobody to be instead
     */
    static ServiceAccount forServersIn(Path directory) {
        if (!programExists("setpriv") || !programExists("setsid")) {
            if (isRoot()) {
                throw nobodyToRunAs("the programs setpriv and setsid of util-linux are missing");
            }
            return new ServiceAccount(List.of(), null);
        }
        if (!isRoot()) {
            return new ServiceAccount(tiedToUs(List.of(), List.of()), null);
        }
        Optional<UserPrincipal> systemUser = systemUser();
        if (systemUser.isPresent()) {
            ServiceAccount account = ofSystemUser(systemUser.get());
            if (account.runs("test", "-x", directory.toString())) {
                return account;
            }
        }
        ServiceAccount namespace = ofNamespace();
        if (namespace.runs("true")) {
            return namespace;
        }
        throw nobodyToRunAs(
                systemUser.isPresent()
                        ? "user postgres cannot reach " + directory
                        : "there is no user postgres");
    }

    /** The system user, whom the caller has seen to exist and to reach the directory. */
    static ServiceAccount ofSystemUser(UserPrincipal user) {
        List<String> become =
                List.of("--reuid=" + SYSTEM_USER, "--regid=" + SYSTEM_USER, "--init-groups");
        return new ServiceAccount(tiedToUs(become, List.of()), user);
    }

    /** Root, seen from a user namespace where nobody is. */
    static ServiceAccount ofNamespace() {
        return new ServiceAccount(tiedToUs(List.of(), List.of("unshare", "-U")), null);
    }

    static Optional<UserPrincipal> systemUser() {
        UserPrincipalLookupService accounts =
                FileSystems.getDefault().getUserPrincipalLookupService();
        try {
            accounts.lookupPrincipalByGroupName(SYSTEM_USER);
            return Optional.of(accounts.lookupPrincipalByName(SYSTEM_USER));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** The command that runs a program as this account. The process keeps its id throughout. */
    List<String> command(List<String> program) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(program);
        return command;
    }

    /** Gives a file, or a directory with all that is in it, to this account. */
    void own(Path path) throws IOException {
        UserPrincipal wanted =
                owner != null ? owner : Files.getOwner(path.toAbsolutePath().getParent());
        if (!isRoot() || Files.getOwner(path).equals(wanted)) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.setAttribute(file, "owner:owner", wanted, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    @Override
    public String toString() {
        if (owner != null) {
            return "the system user " + SYSTEM_USER;
        }
        return prefix.contains("unshare") ? "nobody, in a user namespace" : "ourselves";
    }

    private boolean runs(String... program) {
        try {
            Process process =
                    new ProcessBuilder(command(List.of(program)))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static List<String> tiedToUs(List<String> become, List<String> inside) {
        List<String> prefix = new ArrayList<>(List.of("setsid", "setpriv"));
        prefix.addAll(become);
        prefix.addAll(DIES_WITH_US);
        prefix.addAll(inside);
        return prefix;
    }

    private static boolean programExists(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
        return Stream.of(path.split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, name)));
    }

    private static EmbeddedServerException nobodyToRunAs(String why) {
        return new EmbeddedServerException(
                "user: root ("
                        + why
                        + "; expected: a system user `postgres` that can reach the data directory,"
                        + " or user namespaces, or a platform not started by root, or an external"
                        + " database.url)");
    }
}
