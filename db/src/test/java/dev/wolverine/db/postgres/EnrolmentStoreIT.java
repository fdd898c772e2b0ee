package dev.wolverine.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wolverine.db.EnrolmentResult;
import dev.wolverine.db.EnrolmentResult.Reason;
import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.model.ApiKey;
import dev.wolverine.db.model.AuditVerdict;
import dev.wolverine.db.model.KeyChange;
import dev.wolverine.db.model.KeyRecord;
import dev.wolverine.db.model.Registration;
import dev.wolverine.db.model.Role;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who gets a key, and which keys make room. */
@NullUnmarked
class EnrolmentStoreIT {

    private final SecureRandom random = new SecureRandom();
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    private TestDatabase testDatabase;
    private Database database;
    private EnrolmentStore enrolment;
    private PairingStore pairing;
    private KeyStore keys;
    private UUID organisation;

    @BeforeEach
    void start() throws SQLException {
        testDatabase = TestDatabase.migrated();
        database = new Database(testDatabase.config());
        enrolment = new EnrolmentStore(database.writer());
        pairing = new PairingStore(database.writer());
        keys = new KeyStore(database.writer());
        organisation = organisation("depot");
    }

    @AfterEach
    void stop() {
        database.close();
        testDatabase.close();
    }

    @Test
    void threeKeysThatNobodyUsesStayAndTheOneUnusedForLongestMakesRoom() {
        ApiKey token = token(organisation, 100);
        KeyRecord first = issued(enrol(token, "wlv_a", now.minus(Duration.ofHours(4)))).key();
        KeyRecord second = issued(enrol(token, "wlv_a", now.minus(Duration.ofHours(3)))).key();
        issued(enrol(token, "wlv_a", now.minus(Duration.ofHours(2))));
        keys.touch(first.id(), now.minus(Duration.ofHours(1)));

        EnrolmentResult.Issued fourth = issued(enrol(token, "wlv_a", now));

        assertThat(fourth.again()).isTrue();
        assertThat(fourth.ended()).containsExactly(KeyChange.ended(organisation, second.id()));
        assertThat(keys.find(first.id()).orElseThrow().isLive(now)).isTrue();
        assertThat(keys.find(second.id()).orElseThrow().isLive(now)).isFalse();
    }

    @Test
    void keysInUseNeverMakeRoomAndSixteenOfThemAreACollision() {
        ApiKey token = token(organisation, 100);
        for (int i = 0; i < EnrolmentStore.MOST_GENERATIONS; i++) {
            assertThat(issued(enrol(token, "wlv_a", now)).ended()).isEmpty();
        }
        assertThat(enrol(token, "wlv_a", now))
                .isEqualTo(new EnrolmentResult.Refused(Reason.COLLISION));
        assertThat(enrol(token, "wlv_b", now)).isInstanceOf(EnrolmentResult.Issued.class);
    }

    @Test
    void aKeyThatAPersonMadeNeverMakesRoom() {
        ApiKey made = ApiKey.generate(ApiKey.Kind.INSTANCE, random);
        keys.insert(
                KeyRecord.made(
                        made,
                        organisation,
                        Role.INGEST,
                        "made",
                        "wlv_a",
                        now.minus(Duration.ofDays(9)),
                        "test",
                        null));
        ApiKey token = token(organisation, 100);
        for (int hour = 9; hour > 0; hour--) {
            enrol(token, "wlv_a", now.minus(Duration.ofHours(hour)));
        }
        assertThat(keys.find(made.id()).orElseThrow().isLive(now)).isTrue();
        assertThat(
                        keys.list(organisation).stream()
                                .filter(key -> key.enrolledBy() != null && key.isLive(now)))
                .hasSize(EnrolmentStore.GENERATIONS);
    }

    @Test
    void anUnknownAWrongAndAnEndedTokenAreTheSame() {
        ApiKey token = token(organisation, 100);
        ApiKey other = ApiKey.generate(ApiKey.Kind.ENROLMENT, random);
        ApiKey wrong = new ApiKey(ApiKey.Kind.ENROLMENT, token.id(), other.secret());
        EnrolmentResult bad = new EnrolmentResult.Refused(Reason.BAD_TOKEN);

        assertThat(enrol(other, "wlv_a", now)).isEqualTo(bad);
        assertThat(enrol(wrong, "wlv_a", now)).isEqualTo(bad);
        assertThat(enrol(token, "wlv_a", now.plus(Duration.ofDays(8)))).isEqualTo(bad);
        assertThat(keys.revoke(organisation, token.id(), now, "test")).isTrue();
        assertThat(enrol(token, "wlv_a", now)).isEqualTo(bad);
        assertThat(keys.list(organisation)).hasSize(1);
    }

    @Test
    void aTokenMakesAHundredKeysAnHour() {
        ApiKey token = token(organisation, 10);
        for (int i = 0; i < 100; i++) {
            issued(enrol(token, "wlv_" + i % 10, now));
        }
        assertThat(enrol(token, "wlv_0", now))
                .isEqualTo(new EnrolmentResult.Refused(Reason.TOO_FAST));
        assertThat(enrol(token, "wlv_10", now))
                .isEqualTo(new EnrolmentResult.Refused(Reason.INSTANCE_LIMIT));
    }

    @Test
    void anApprovalIsForOneAddressOneKeyAndAQuarterOfAnHour() {
        pairing.open(organisation, now, now.plus(Duration.ofMinutes(10)), "test");
        register("wlv_a", "10.0.0.1", now);
        assertThat(approve("10.0.0.1", now)).isTrue();

        assertThat(register("wlv_a", "10.0.0.2", now)).isEqualTo(refused(Reason.PENDING_APPROVAL));
        assertThat(register("wlv_a", "10.0.0.1", now.plus(Duration.ofMinutes(16))))
                .isEqualTo(refused(Reason.PENDING_APPROVAL));
        assertThat(approve("10.0.0.1", now.plus(Duration.ofMinutes(17)))).isTrue();
        Instant late = now.plus(Duration.ofMinutes(18));
        assertThat(issued(register("wlv_a", "10.0.0.1", late)).key().enrolledBy())
                .isEqualTo(KeyRecord.PAIRING);
        assertThat(register("wlv_a", "10.0.0.1", late)).isEqualTo(refused(Reason.CLOSED));
    }

    @Test
    void anAddressHasAHundredPlacesAndTheWindowAThousand() {
        pairing.open(organisation, now, now.plus(Duration.ofMinutes(10)), "test");
        for (int i = 0; i < PairingStore.MAX_PENDING_OF_ADDRESS; i++) {
            register("wlv_" + i, "10.0.0.1", now);
        }
        assertThat(register("wlv_x", "10.0.0.1", now)).isEqualTo(refused(Reason.PENDING_FULL));
        for (int i = PairingStore.MAX_PENDING_OF_ADDRESS; i < PairingStore.MAX_PENDING; i++) {
            register("wlv_" + i, "10.0.1." + i % 20, now);
        }
        assertThat(register("wlv_x", "10.0.2.1", now)).isEqualTo(refused(Reason.PENDING_FULL));
        assertThat(register("wlv_5", "10.0.0.1", now)).isEqualTo(refused(Reason.PENDING_APPROVAL));
        assertThat(pairing.pending(organisation)).hasSize(PairingStore.MAX_PENDING);
    }

    @Test
    void oneWindowIsOpenAtATime() throws SQLException {
        UUID other = organisation("other");
        Instant end = now.plus(Duration.ofMinutes(10));

        assertThat(pairing.open(organisation, now, end, "test")).isTrue();
        assertThat(pairing.open(other, now, end, "test")).isFalse();
        assertThat(pairing.close(organisation, now, "test")).isTrue();
        assertThat(pairing.open(other, now, end, "test")).isTrue();
    }

    @Test
    void whatWasDoneIsInTheAuditLog() {
        ApiKey token = token(organisation, 10);
        KeyRecord key = issued(enrol(token, "wlv_a", now)).key();
        keys.rotate(
                organisation,
                key.id(),
                kind -> ApiKey.generate(kind, random),
                Duration.ZERO,
                now,
                "test");
        pairing.open(organisation, now, now.plus(Duration.ofMinutes(10)), "test");
        register("wlv_b", "10.0.0.1", now);
        approve("10.0.0.1", now);
        AuditLog audit = new AuditLog(database.writer());

        assertThat(audit.page(organisation, 0))
                .extracting(record -> record.entry().action())
                .containsExactly(
                        "enrolment.token",
                        "enrolment.key",
                        "key.rotate",
                        "enrolment.window.open",
                        "enrolment.approve");
        assertThat(audit.verify(organisation)).isInstanceOf(AuditVerdict.Intact.class);
    }

    private boolean approve(String address, Instant at) {
        List<UUID> waiting =
                pairing.pending(organisation).stream()
                        .filter(one -> one.approved() == null && one.address().equals(address))
                        .map(one -> one.id())
                        .toList();
        return pairing.decide(organisation, waiting.getFirst(), true, at, "test");
    }

    private EnrolmentResult enrol(ApiKey token, String instanceId, Instant at) {
        return enrolment.enrol(
                token, new Registration(instanceId, "shop", "10.0.0.1"), fresh(), at);
    }

    private EnrolmentResult register(String instanceId, String address, Instant at) {
        return pairing.register(new Registration(instanceId, "shop", address), fresh(), at);
    }

    private ApiKey fresh() {
        return ApiKey.generate(ApiKey.Kind.INSTANCE, random);
    }

    private static EnrolmentResult refused(Reason reason) {
        return new EnrolmentResult.Refused(reason);
    }

    private static EnrolmentResult.Issued issued(EnrolmentResult result) {
        assertThat(result).isInstanceOf(EnrolmentResult.Issued.class);
        return (EnrolmentResult.Issued) result;
    }

    private ApiKey token(UUID of, int maxInstances) {
        ApiKey token = ApiKey.generate(ApiKey.Kind.ENROLMENT, random);
        enrolment.insertToken(
                KeyRecord.made(
                        token,
                        of,
                        Role.INGEST,
                        "fleet",
                        null,
                        now.minus(Duration.ofDays(1)),
                        "test",
                        now.plus(Duration.ofDays(7))),
                maxInstances);
        return token;
    }

    private UUID organisation(String name) throws SQLException {
        try (Connection connection = database.owner().getConnection();
                PreparedStatement insert =
                        connection.prepareStatement(
                                "INSERT INTO organisations (name) VALUES (?) RETURNING id")) {
            insert.setString(1, name);
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return row.getObject(1, UUID.class);
            }
        }
    }
}
