package dev.wolverine.bench.command;

import dev.wolverine.bench.compare.DatabaseComparison;
import dev.wolverine.bench.database.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** `compare`: whether two platforms have stored the same. */
@Command(
        name = "compare",
        description = "Compares two databases field by field: equal 0, different 1, unreadable 2.",
        mixinStandardHelpOptions = true)
final class CompareCommand implements Callable<Integer> {
    private final Console console;

    @Option(
            names = "--database",
            required = true,
            arity = "1",
            paramLabel = "URL",
            description = "Twice: jdbc:postgresql:// or postgres://")
    private List<String> databases = List.of();

    @Option(
            names = "--most",
            defaultValue = "200",
            description = "Differences to print. Default: ${DEFAULT-VALUE}.")
    private long most;

    CompareCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (databases.size() != 2) {
            throw new IllegalArgumentException(
                    "database: given %d times (expected: 2)".formatted(databases.size()));
        }
        DatabaseUrl one = DatabaseUrl.parse(databases.getFirst(), System.getenv());
        DatabaseUrl other = DatabaseUrl.parse(databases.getLast(), System.getenv());
        try (Connection left = one.connect();
                Connection right = other.connect()) {
            return compare(left, right);
        } catch (SQLException unreadable) {
            console.error("%s or %s: %s".formatted(one, other, unreadable.getMessage()));
            return 2;
        }
    }

    private int compare(Connection left, Connection right) throws SQLException {
        AtomicLong differences = new AtomicLong();
        Map<String, Long> compared =
                new DatabaseComparison(
                                left,
                                right,
                                difference -> {
                                    if (differences.incrementAndGet() <= most) {
                                        console.print(difference);
                                    }
                                })
                        .run();
        compared.forEach((table, rows) -> console.print("%,10d  %s".formatted(rows, table)));
        if (compared.getOrDefault("heartbeats", 0L) == 0 && differences.get() == 0) {
            console.error("both databases are empty: nothing was compared");
            return 2;
        }
        console.print("%,d differences".formatted(differences.get()));
        return differences.get() == 0 ? 0 : 1;
    }
}
