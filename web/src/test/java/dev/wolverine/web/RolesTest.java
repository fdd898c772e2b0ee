package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.model.Permission;
import dev.wolverine.db.model.Role;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** roles.csv against what the interface and its page say. */
class RolesTest {

    private static final String NOBODY = "none";
    private static final Path PAGE = Path.of("..", "docs", "security.md");

    @Test
    void everyOperationNamesAPermissionThatHasARow() throws IOException {
        List<String> rows = rows().stream().skip(1).map(row -> row.split(",")[0]).toList();

        assertThat(rows).containsAll(permissions());
        assertThat(new Contract().permissions())
                .allSatisfy((operation, permission) ->
                        assertThat(permission)
                                .as(operation)
                                .satisfiesAnyOf(
                                        label -> assertThat(rows).contains(label),
                                        label -> assertThat(label).isEqualTo(NOBODY)));
    }

    @Test
    void everyRowIsNeededByAnOperation() throws IOException {
        assertThat(new Contract().permissions().values()).containsAll(permissions());
    }

    @Test
    void noRoleIsWithoutAPermission() {
        for (Role role : Role.values()) {
            assertThat(Permission.values()).as(role.label()).anyMatch(role::may);
        }
    }

    @Test
    void thePageShowsTheMatrixAsItIs() throws IOException {
        List<String> table = rows().stream().map(RolesTest::shown).toList();

        assertThat(Files.readAllLines(PAGE)).containsSubsequence(table);
    }

    private static String shown(String row) {
        return Stream.of(row.split(","))
                .map(cell -> cell.equals("no") ? "" : cell)
                .collect(Collectors.joining(" | ", "| ", " |"));
    }

    private static List<String> permissions() {
        return Arrays.stream(Permission.values()).map(Permission::label).toList();
    }

    private static List<String> rows() throws IOException {
        try (InputStream file =
                Objects.requireNonNull(Role.class.getResourceAsStream("/roles.csv"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
