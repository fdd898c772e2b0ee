package dev.wolverine.ingest;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.wolverine.db.QuarantineLimit;
import dev.wolverine.db.TestDatabase;
import dev.wolverine.db.UsageLimits;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.db.postgres.HeartbeatStore;
import dev.wolverine.db.postgres.Partitions;
import dev.wolverine.db.postgres.SelectInstancesByName;
import dev.wolverine.ingest.decode.BeatReader;
import dev.wolverine.ingest.decode.BodySlice;
import dev.wolverine.ingest.decode.MendedProtobuf;
import dev.wolverine.ingest.decode.ProtoBeat;
import dev.wolverine.proto.v1.Heartbeat;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** An intake in front of a real database of its own. */
@NullUnmarked
final class Fixtures implements AutoCloseable {

    /** Longer than any captured beat is old, or ahead of the clock of a machine. */
    static final Duration RETENTION = Duration.ofDays(3_650);

    private final TestDatabase testDatabase;
    final Database database;
    final Partitions partitions;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    /** What the limits take for {@link System#nanoTime()}: stands still unless it is moved. */
    final AtomicLong nanoTime = new AtomicLong();

    /** How full the heap is for the limits: empty unless a test says otherwise. */
    final AtomicReference<HeapReading> heap = new AtomicReference<>(new HeapReading(0, 0, 1_000));

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    final GroupCommitWriter writer;
    final InstanceNames names;
    final HeartbeatIntake intake;
    final UUID organisation;
    final Principal principal;

    Fixtures() {
        this(IngestConfig.defaults());
    }

    Fixtures(IngestConfig config) {
        this(config, TestDatabase.migrated());
    }

    /**
     * @param testDatabase closed with the fixtures
     */
    Fixtures(IngestConfig config, TestDatabase testDatabase) {
        this.testDatabase = testDatabase;
        database = new Database(testDatabase.config());
        organisation = insertOrganisation("fixtures");
        principal = new Principal(organisation, Role.INGEST, "key:fixture", null);
        partitions = new Partitions(database.owner());
        writer =
                new GroupCommitWriter(
                        config,
                        () ->
                                new HeartbeatStore(
                                        database.writer(),
                                        partitions,
                                        Clock.systemUTC(),
                                        10_000,
                                        QuarantineLimit.DEFAULT,
                                        UsageLimits.DEFAULT,
                                        meters),
                        List.of(),
                        RandomGenerator.getDefault(),
                        meters);
        names =
                new InstanceNames(
                        new SelectInstancesByName(database.writer()), threads, nanoTime::get);
        intake =
                new HeartbeatIntake(
                        writer,
                        new Admission(
                                config,
                                heap::get,
                                nanoTime::get,
                                RandomGenerator.getDefault(),
                                meters),
                        names,
                        new BeatReader(1 << 24, RandomGenerator.getDefault(), meters),
                        new IngestConfig.Clock(RETENTION, config.clock().aheadFlagged()),
                        RETENTION,
                        meters);
    }

    IntakeResult send(byte[] body) {
        return await(intake.acceptJson(principal, null, body, Instant.now()));
    }

    /** Takes a serialised message as the gRPC interface does. */
    CompletionStage<IntakeResult> acceptProto(byte[] message) {
        ProtoBeat beat;
        try {
            beat = read(message);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
        return intake.acceptProto(principal, null, beat, Instant.now());
    }

    private ProtoBeat read(byte[] message) throws InvalidProtocolBufferException {
        try {
            return intake.readProto(principal, null, new BodySlice(message, 0, message.length));
        } catch (InvalidProtocolBufferException refused) {
            return intake.readProto(MendedProtobuf.parse(Heartbeat.getDefaultInstance(), message));
        }
    }

    static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(10, java.util.concurrent.TimeUnit.SECONDS)
                .join();
    }

    UUID insertOrganisation(String name) {
        return (UUID)
                rows("INSERT INTO organisations (name) VALUES (?) RETURNING id", name)
                        .getFirst()
                        .get("id");
    }

    /** The rows of a query that runs as the superuser, each column by its name. */
    List<Map<String, @Nullable Object>> rows(String sql, Object... arguments) {
        var administration = testDatabase.administration();
        try (Connection connection =
                        java.sql.DriverManager.getConnection(
                                administration.url(),
                                administration.user(),
                                administration.password());
                PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                select.setObject(i + 1, arguments[i]);
            }
            List<Map<String, @Nullable Object>> rows = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Map<String, @Nullable Object> values = new LinkedHashMap<>();
                    for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                        values.put(row.getMetaData().getColumnLabel(column), row.getObject(column));
                    }
                    rows.add(values);
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Runs a statement as the superuser. */
    void execute(String sql) {
        var administration = testDatabase.administration();
        try (Connection connection =
                        java.sql.DriverManager.getConnection(
                                administration.url(),
                                administration.user(),
                                administration.password());
                java.sql.Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** How many servers a role sees that is bound to an organisation. */
    long readAs(@Nullable UUID organisation, String setRole) {
        try (Connection connection = database.owner().getConnection()) {
            connection.setAutoCommit(false);
            try (java.sql.Statement statement = connection.createStatement()) {
                statement.execute(setRole);
                if (organisation != null) {
                    statement.execute(
                            "SELECT set_config('app.org_id', '" + organisation + "', true)");
                }
                try (ResultSet row = statement.executeQuery("SELECT count(*) FROM servers")) {
                    row.next();
                    return row.getLong(1);
                }
            } finally {
                connection.rollback();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        writer.close();
        threads.close();
        database.close();
        testDatabase.close();
    }
}
