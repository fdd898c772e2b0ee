package dev.wolverine.bench.database;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Where a PostgreSQL is: {@code jdbc:postgresql://host:port/name?user=..&password=..} or {@code
 * postgres://user:password@host:port/name}. What the text leaves out comes from {@code PGUSER} and
 * {@code PGPASSWORD}. Prints without credentials.
 */
public final class DatabaseUrl {
    private static final int CONNECT_TIMEOUT_SECONDS = 5;

    private final URI uri;
    private final Map<String, String> environment;

    private DatabaseUrl(URI uri, Map<String, String> environment) {
        this.uri = uri;
        this.environment = environment;
    }

    public static DatabaseUrl parse(String text, Map<String, String> environment) {
        String bare = text.startsWith("jdbc:") ? text.substring("jdbc:".length()) : text;
        if (!bare.startsWith("postgresql://") && !bare.startsWith("postgres://")) {
            throw new IllegalArgumentException(
                    "database: not shown (expected: jdbc:postgresql://.. or postgres://..)");
        }
        return new DatabaseUrl(URI.create(bare), environment);
    }

    /** Opens a connection that reads, in UTC. */
    public Connection connect() throws SQLException {
        Properties properties = new Properties();
        putUnlessNull(properties, "user", environment.get("PGUSER"));
        putUnlessNull(properties, "password", environment.get("PGPASSWORD"));
        putUserInfo(properties);
        properties.setProperty("connectTimeout", String.valueOf(CONNECT_TIMEOUT_SECONDS));
        properties.setProperty("options", "-c TimeZone=UTC");
        properties.setProperty("readOnly", "true");
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return DriverManager.getConnection("jdbc:postgresql://" + address() + query, properties);
    }

    private void putUserInfo(Properties properties) {
        String userInfo = uri.getRawUserInfo();
        if (userInfo != null) {
            String[] parts = userInfo.split(":", 2);
            properties.setProperty("user", decoded(parts[0]));
            if (parts.length == 2) {
                properties.setProperty("password", decoded(parts[1]));
            }
        }
    }

    private static void putUnlessNull(Properties properties, String name, @Nullable String value) {
        if (value != null) {
            properties.setProperty(name, value);
        }
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private String address() {
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return uri.getHost() + port + uri.getRawPath();
    }

    @Override
    public String toString() {
        return "postgres://" + address();
    }
}
