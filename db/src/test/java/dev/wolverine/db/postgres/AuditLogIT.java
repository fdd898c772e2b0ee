package dev.wolverine.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.AuditRecord;
import dev.wolverine.db.model.AuditVerdict;
import dev.wolverine.db.model.KeyRecord;
import dev.wolverine.db.model.Role;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditLogIT {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00.123456789Z");

    private TestDatabase storage;
    private Database database;
    private AuditLog log;
    private UUID organisation;

    @BeforeEach
    void open() throws SQLException {
        storage = TestDatabase.migrated();
        database = new Database(storage.config());
        log = new AuditLog(database.writer());
        organisation = newOrganisation();
    }

    @AfterEach
    void close() {
        database.close();
        storage.close();
    }

    @Test
    void recordsAreReadAsTheyWereWritten() {
        log.append(entry("one", Map.of("name", "Zoë's \"key\"\n", "role", "viewer")));
        log.append(entry("two", Map.of()));

        List<AuditRecord> records = new ArrayList<>();
        log.forEach(organisation, records::add);

        assertThat(records).extracting(AuditRecord::sequence).containsExactly(1L, 2L);
        assertThat(records.getFirst().entry())
                .isEqualTo(
                        AuditEntry.of(
                                organisation,
                                NOW,
                                "user:a@example.org",
                                "key.create",
                                "one",
                                Map.of("name", "Zoë's \"key\"\uFFFD", "role", "viewer")));
        assertThat(records.getLast().previousHash()).isEqualTo(records.getFirst().hash());
        assertThat(log.verify(organisation))
                .isInstanceOfSatisfying(
                        AuditVerdict.Intact.class,
                        intact -> assertThat(intact.records()).isEqualTo(2));
    }

    @Test
    void anEmptyLogIsIntact() {
        assertThat(log.verify(organisation)).isInstanceOf(AuditVerdict.Intact.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "UPDATE audit_log SET target = 'three!' WHERE seq = 3 | 3",
                "UPDATE audit_log SET subject = 'user:b@example.org' WHERE seq = 3 | 3",
                "UPDATE audit_log SET at = at + interval '1 microsecond' WHERE seq = 3 | 3",
                "UPDATE audit_log SET detail = '{\"n\": 3}' WHERE seq = 3 | 3",
                "UPDATE audit_log SET detail = '{\"n\": \"3\", \"m\": \"\"}' WHERE seq = 3 | 3",
                "UPDATE audit_log SET hash = set_byte(hash, 7, 1) WHERE seq = 3 | 3",
                "UPDATE audit_log SET previous_hash = set_byte(previous_hash, 7, 1) WHERE seq = 3 | 3",
                "DELETE FROM audit_log WHERE seq = 3 | 3",
                "DELETE FROM audit_log WHERE seq = 1 | 1",
                "DELETE FROM audit_log WHERE seq > 3 | 4",
                "DELETE FROM audit_log WHERE seq > 3; UPDATE audit_heads SET seq = 3 | 3",
                "DELETE FROM audit_log; DELETE FROM audit_heads WHERE false | 1",
                "UPDATE audit_log SET seq = CASE seq WHEN 2 THEN 103 ELSE 102 END WHERE seq IN (2, 3);"
                        + " UPDATE audit_log SET seq = seq - 100 WHERE seq > 100 | 2"
            })
    void whatIsTamperedWithIsFound(String tampering, long first) throws SQLException {
        for (int i = 1; i <= 5; i++) {
            log.append(entry("target " + i, Map.of("n", Integer.toString(i))));
        }

        asSuperuser(tampering);

        assertThat(log.verify(organisation))
                .isInstanceOfSatisfying(
                        AuditVerdict.Broken.class,
                        broken -> assertThat(broken.sequence()).isEqualTo(first));
    }

    @Test
    void whatIsWrittenAtTheSameTimeIsOneChain() throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 100; i++) {
                String target = "target " + i;
                var unused = threads.submit(() -> log.append(entry(target, Map.of())));
            }
        }

        assertThat(log.verify(organisation))
                .isInstanceOfSatisfying(
                        AuditVerdict.Intact.class,
                        intact -> assertThat(intact.records()).isEqualTo(100));
    }

    @Test
    void organisationsHaveChainsOfTheirOwn() throws SQLException {
        UUID other = newOrganisation();
        log.append(entry("one", Map.of()));
        log.append(AuditEntry.of(other, NOW, "command line", "key.create", "theirs", Map.of()));

        assertThat(log.page(organisation, 0)).hasSize(1);
        assertThat(log.page(other, 0)).hasSize(1);
        assertThat(log.page(other, 0).getFirst().sequence()).isEqualTo(1);
    }

    @Test
    void whatIsRolledBackLeavesNoRecord() {
        KeyStore keys = new KeyStore(database.writer());
        ApiKey key = ApiKey.generate(ApiKey.Kind.ORGANISATION, new SecureRandom());
        keys.insert(record(key));
        assertThatThrownBy(() -> keys.insert(record(key))).hasMessageContaining("23505");
        assertThat(keys.revoke(organisation, "nosuchkey0", NOW, "user:a@example.org")).isFalse();
        assertThat(keys.revoke(organisation, key.id(), NOW, "user:a@example.org")).isTrue();

        assertThat(log.page(organisation, 0))
                .extracting(one -> one.entry().action())
                .containsExactly("key.create", "key.revoke");
        assertThat(log.page(organisation, 0).toString())
                .contains(key.id(), key.lastFour())
                .doesNotContain(key.secret());
    }

    @Test
    void nobodyWhoWritesCanChangeOrDeleteARecord() throws SQLException {
        log.append(entry("one", Map.of()));
        try (Connection connection = database.writer().getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql :
                    List.of(
                            "UPDATE audit_log SET target = ''",
                            "DELETE FROM audit_log",
                            "TRUNCATE audit_log",
                            "DELETE FROM audit_heads")) {
                assertThatThrownBy(() -> statement.execute(sql))
                        .as(sql)
                        .hasMessageContaining("permission denied");
            }
        }
    }

    private AuditEntry entry(String target, Map<String, String> detail) {
        return AuditEntry.of(organisation, NOW, "user:a@example.org", "key.create", target, detail);
    }

    private KeyRecord record(ApiKey key) {
        return new KeyRecord(
                key.id(),
                organisation,
                key.kind(),
                Role.VIEWER,
                "test",
                null,
                key.secretHash(),
                key.lastFour(),
                NOW.truncatedTo(ChronoUnit.MICROS),
                "user:a@example.org",
                null,
                null,
                null,
                null,
                null);
    }

    private UUID newOrganisation() throws SQLException {
        try (Connection connection = database.writer().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "INSERT INTO organisations (name) VALUES ('o') RETURNING id")) {
            row.next();
            return row.getObject(1, UUID.class);
        }
    }

    private void asSuperuser(String sql) throws SQLException {
        try (Database administration = new Database(storage.administration());
                Connection connection = administration.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
