package dev.wolverine.db;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The address of a database as people write it: {@code postgresql://user:password@host:port/name},
 * {@code postgres://...}, or {@code jdbc:postgresql://host:port/name?user=...&password=...}.
 *
 * @param url JDBC URL without credentials
 * @param user empty if the address names none
 * @param password empty if the address names none; never logged
 */
public record DatabaseUrl(String url, Optional<String> user, Optional<String> password) {

    private static final String JDBC = "jdbc:";

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException if it is none; its message has no password in it
     */
    public static DatabaseUrl parse(String text) {
        URI uri = uri(text.startsWith(JDBC) ? text.substring(JDBC.length()) : text);
        String scheme = uri.getScheme();
        if (uri.getHost() == null
                || !("postgresql".equals(scheme) || "postgres".equals(scheme))
                || uri.getPath() == null
                || uri.getPath().length() < 2) {
            throw invalid();
        }
        Optional<String> user = Optional.empty();
        Optional<String> password = Optional.empty();
        if (uri.getRawUserInfo() != null) {
            String[] parts = uri.getRawUserInfo().split(":", 2);
            user = Optional.of(decode(parts[0]));
            password = parts.length == 2 ? Optional.of(decode(parts[1])) : Optional.empty();
        }
        List<String> parameters = new ArrayList<>();
        for (String parameter : parameters(uri)) {
            if (parameter.startsWith("user=")) {
                user = Optional.of(decode(parameter.substring("user=".length())));
            } else if (parameter.startsWith("password=")) {
                password = Optional.of(decode(parameter.substring("password=".length())));
            } else {
                parameters.add(parameter);
            }
        }
        String url =
                "jdbc:postgresql://"
                        + uri.getHost()
                        + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
                        + uri.getRawPath()
                        + (parameters.isEmpty() ? "" : "?" + String.join("&", parameters));
        return new DatabaseUrl(url, user, password);
    }

    /** The form with credentials that other programs take; not for logs. */
    public static String withCredentials(DatabaseConfig database) {
        return "postgresql://"
                + encode(database.user())
                + ":"
                + encode(database.password())
                + "@"
                + database.url().substring("jdbc:postgresql://".length());
    }

    @Override
    public String toString() {
        return "DatabaseUrl[url=" + url + ", user=" + user + ", password=***]";
    }

    private static List<String> parameters(URI uri) {
        return uri.getRawQuery() == null ? List.of() : List.of(uri.getRawQuery().split("&"));
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw invalid();
        }
    }

    private static IllegalArgumentException invalid() {
        return new IllegalArgumentException("expected: postgresql://user:password@host:port/name");
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
