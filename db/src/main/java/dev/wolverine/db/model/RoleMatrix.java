package dev.wolverine.db.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which role has which permission: the file roles.csv, read once. A file that leaves anything open
 * is a defect of the build, and nothing starts with it.
 */
final class RoleMatrix {

    private static final String FILE = "/roles.csv";

    private final Map<Permission, Set<Role>> roles;

    private RoleMatrix(Map<Permission, Set<Role>> roles) {
        this.roles = roles;
    }

    static RoleMatrix load() {
        try (InputStream file = RoleMatrix.class.getResourceAsStream(FILE)) {
            if (file == null) {
                throw new IllegalStateException(FILE + ": missing");
            }
            return parse(new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(FILE, e);
        }
    }

    static RoleMatrix parse(List<String> lines) {
        List<String> header = Arrays.asList(lines.getFirst().split(",", -1));
        List<Role> columns = header.stream().skip(1).map(Role::ofLabel).toList();
        if (!EnumSet.copyOf(columns).equals(EnumSet.allOf(Role.class))
                || columns.size() != Role.values().length) {
            throw new IllegalStateException("roles.csv: " + header + " (expected: each role once)");
        }
        Map<Permission, Set<Role>> roles = new EnumMap<>(Permission.class);
        for (String line : lines.subList(1, lines.size())) {
            List<String> cells = Arrays.asList(line.split(",", -1));
            if (roles.put(permission(cells.getFirst()), allowed(line, cells, columns)) != null) {
                throw new IllegalStateException("roles.csv: " + cells.getFirst() + ": twice");
            }
        }
        if (roles.size() != Permission.values().length) {
            throw new IllegalStateException(
                    "roles.csv: " + roles.keySet() + " (expected: each permission)");
        }
        return new RoleMatrix(roles);
    }

    boolean allows(Role role, Permission permission) {
        Set<Role> allowed = roles.get(permission);
        return allowed != null && allowed.contains(role);
    }

    private static Permission permission(String label) {
        return Arrays.stream(Permission.values())
                .filter(permission -> permission.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("roles.csv: " + label + ": unknown"));
    }

    private static Set<Role> allowed(String line, List<String> cells, List<Role> columns) {
        if (cells.size() != columns.size() + 1) {
            throw new IllegalStateException("roles.csv: " + line + " (expected: a cell a role)");
        }
        Set<Role> allowed = EnumSet.noneOf(Role.class);
        for (int i = 0; i < columns.size(); i++) {
            switch (cells.get(i + 1)) {
                case "yes" -> allowed.add(columns.get(i));
                case "no" -> {}
                default ->
                        throw new IllegalStateException(
                                "roles.csv: " + line + " (expected: yes or no)");
            }
        }
        return allowed;
    }
}
