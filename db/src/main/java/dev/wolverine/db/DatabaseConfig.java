package dev.wolverine.db;

/**
 * Where PostgreSQL is, and how much of it we use.
 *
 * @param url JDBC URL without credentials, as `jdbc:postgresql://127.0.0.1:5432/wolverine`
 * @param user owner of the database; its sessions take on the roles `wolverine_writer` and
 *     `wolverine_reader`
 * @param password of that user; never logged
 * @param writerConnections connections that write heartbeats, 1 to 64
 * @param readerConnections connections that answer questions, 1 to 256
 */
public record DatabaseConfig(
        String url, String user, String password, int writerConnections, int readerConnections) {

    public DatabaseConfig {
        if (!url.startsWith("jdbc:postgresql://")) {
            throw new IllegalArgumentException(
                    "database.url: " + url + " (expected: jdbc:postgresql://host:port/name)");
        }
        if (writerConnections < 1 || writerConnections > 64) {
            throw new IllegalArgumentException(
                    "database.writer-connections: " + writerConnections + " (expected: 1 to 64)");
        }
        if (readerConnections < 1 || readerConnections > 256) {
            throw new IllegalArgumentException(
                    "database.reader-connections: " + readerConnections + " (expected: 1 to 256)");
        }
    }

    /** The usual sizes. */
    public static DatabaseConfig of(String url, String user, String password) {
        return new DatabaseConfig(url, user, password, 8, 8);
    }

    @Override
    public String toString() {
        return "DatabaseConfig[url=" + url + ", user=" + user + ", password=***]";
    }
}
