package dev.wolverine.alerts.notify;

import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.model.ChannelRecord;
import dev.wolverine.db.postgres.ChannelStore;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.postgres.InsertOutbox;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A real database with an organisation, and channels that lead to a receiver. */
final class OutboxDatabase implements AutoCloseable {

    private final TestDatabase testDatabase = TestDatabase.migrated();
    private final Database database = new Database(testDatabase.config());
    private final SecretBox box = new SecretBox(new byte[32], new SecureRandom());
    private final ChannelVault vault = new ChannelVault(box);
    private final UUID organisation = UUID.randomUUID();

    OutboxDatabase() {
        execute("INSERT INTO organisations (id, name) VALUES ('" + organisation + "', 'shop')");
    }

    Database database() {
        return database;
    }

    ChannelVault vault() {
        return vault;
    }

    UUID organisation() {
        return organisation;
    }

    ChannelStore channels() {
        return new ChannelStore(database.writer());
    }

    UUID channel(String name, Target target) {
        UUID id = UUID.randomUUID();
        ChannelStore.Change change =
                channels()
                        .insert(
                                new ChannelRecord(
                                        id,
                                        organisation,
                                        name,
                                        target.kind(),
                                        vault.shown(target),
                                        vault.seal(id, target),
                                        0,
                                        true,
                                        null,
                                        Instant.now(),
                                        "test"));
        if (change != ChannelStore.Change.DONE) {
            throw new IllegalStateException(name + ": " + change);
        }
        return id;
    }

    /** As the transaction that changes the alerts does. */
    void write(UUID channel, List<Notification> notifications, Instant at) {
        try (Connection connection = database.writer().getConnection()) {
            connection.setAutoCommit(false);
            for (Notification one : notifications) {
                InsertOutbox.execute(
                        connection,
                        organisation,
                        channel,
                        one.groupId(),
                        one.version(),
                        one.eventId(),
                        NotificationCodec.write(one),
                        at,
                        at);
            }
            connection.commit();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    Notification firing(UUID group, int version) {
        return Notifications.firing(organisation, group, version);
    }

    long count(String where) {
        return Long.parseLong(texts("SELECT count(*) FROM outbox WHERE " + where).getFirst());
    }

    void execute(String sql) {
        try (Connection connection = database.writer().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
        } catch (SQLException e) {
            if (sql.startsWith("INSERT INTO organisations")) {
                administer(sql);
                return;
            }
            throw new IllegalStateException(sql, e);
        }
    }

    private void administer(String sql) {
        try (Connection connection = database.owner().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    List<String> texts(String sql) {
        try (Connection connection = database.writer().getConnection();
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            List<String> texts = new ArrayList<>();
            while (row.next()) {
                texts.add(row.getString(1));
            }
            return texts;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @Override
    public void close() {
        database.close();
        testDatabase.close();
    }
}
