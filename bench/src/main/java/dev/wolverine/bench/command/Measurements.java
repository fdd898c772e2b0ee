package dev.wolverine.bench.command;

import dev.wolverine.bench.load.Acknowledgements;
import dev.wolverine.bench.load.Beats;
import dev.wolverine.bench.load.BodyFormat;
import dev.wolverine.bench.load.HttpLoad;
import dev.wolverine.bench.load.Load;
import dev.wolverine.bench.load.Pacer;
import dev.wolverine.bench.load.StreamLoad;
import dev.wolverine.bench.measure.Aims;
import dev.wolverine.bench.measure.DatabaseProbe;
import dev.wolverine.bench.measure.Figures;
import dev.wolverine.bench.measure.Measurement;
import dev.wolverine.bench.measure.PlatformUnderTest;
import dev.wolverine.bench.measure.Profiler;
import dev.wolverine.bench.stream.GrpcTarget;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The runs, each with a platform of its own. */
final class Measurements {
    /** An organisation may send 20,000 beats a second as shipped: the fleet belongs to several. */
    private static final int ORGANISATIONS = 4;

    private static final int FLEET = 20_000;
    private static final int FLEET_OF_CONNECTIONS = 5_000;
    private static final int STREAMS = 1000;
    private static final int CONNECTIONS_OF_STREAMS = 8;
    private static final int HTTP_CONNECTIONS = 5000;

    /** Under way are thus two full batches of the writer: more only waits. */
    private static final int WINDOW = 8;

    private static final int WINDOW_OF_CONNECTIONS = 2;

    private static final int LIVE_PER_SECOND = 1667;
    private static final int LIVE_INSTANCES = 100_000;
    private static final int LIVE_TO_REPLAYING = 5;
    private static final int MILLION = 1_000_000;
    private static final int MILLION_PER_SECOND = 16_700;
    private static final int REPLAYED_BEATS = 1440;
    private static final long MINUTE_MILLIS = 60_000;
    private static final Duration NUDGE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration WARM_UP = Duration.ofSeconds(60);

    private static final List<String> PROFILED_POSTGRES =
            List.of(
                    "shared_preload_libraries = 'pg_stat_statements'",
                    "pg_stat_statements.max = 500");

    /** Settings that a million servers need; docs/operations.md says so. */
    private static final List<String> MILLION_SETTINGS =
            List.of(
                    "ingest.max-cached-servers=1200000",
                    "ingest.templates.max-bytes=3GiB",
                    "redis.embedded-max-memory-mb=2048");

    private final Plan plan;
    private final Aims aims;
    private final Consumer<String> progress;

    /** What the command line says; null: the run's own. */
    record Plan(
            Path launcher,
            @Nullable Integer seconds,
            @Nullable Integer instances,
            List<String> settings,
            @Nullable Path profile) {

        Duration length(int usually) {
            return Duration.ofSeconds(seconds == null ? usually : seconds);
        }

        int fleet(int usually) {
            return instances == null ? usually : instances;
        }
    }

    Measurements(Plan plan, Aims aims, Consumer<String> progress) {
        this.plan = plan;
        this.aims = aims;
        this.progress = progress;
    }

    /** The first of the figures is what the aims are for. */
    List<Figures> run(Scenario scenario, List<Integer> changed)
            throws IOException, SQLException, InterruptedException {
        List<Figures> figures = new ArrayList<>();
        switch (scenario) {
            case INGEST -> {
                for (int percent : changed) {
                    figures.add(flatOut("ingest", percent, Session::streams, WINDOW));
                }
                Figures main = figures.getFirst();
                cpuAndSpeed(main, 30, 50_000);
                aims.atMost("bytesPerHeartbeat", main.bytesPerHeartbeat(), 200);
                if (changed.size() > 1) {
                    figures.add(live());
                    aims.atMost("ackP99Ms at 1,667/s", figures.getLast().ackP99Ms(), 20);
                }
            }
            case HTTP -> {
                for (int percent : changed) {
                    figures.add(flatOut("http", percent, Session::http, 1));
                }
                cpuAndSpeed(figures.getFirst(), 45, 30_000);
            }
            case CONNECTIONS -> {
                figures.add(
                        flatOut(
                                "connections",
                                changed.getFirst(),
                                Session::connections,
                                WINDOW_OF_CONNECTIONS));
                aims.atMost("cpuSecondsPerMillion.sum", cpu(figures.getFirst()), 50);
            }
            case REPLAY -> figures.addAll(replay(changed.getFirst()));
            case MILLION -> figures.add(million(changed.getFirst()));
            case ANALYTICS ->
                    throw new IllegalArgumentException(
                            "run: analytics (expected: one that sends heartbeats)");
        }
        figures.forEach(this::complain);
        return figures;
    }

    private void cpuAndSpeed(Figures figures, int cpuSeconds, int perSecond) {
        aims.atMost("cpuSecondsPerMillion.sum", cpu(figures), cpuSeconds);
        aims.atLeast("heartbeatsPerSecond", figures.heartbeatsPerSecond(), perSecond);
    }

    private static double cpu(Figures figures) {
        return figures.perMillion(figures.cpu().sum());
    }

    /** Whatever was not stored is a miss, whatever the figures say. */
    private void complain(Figures figures) {
        figures.refused()
                .forEach((reason, count) ->
                        aims.atMost(figures.name() + ", not stored: " + reason, count, 0));
    }

    private interface Loading {
        List<Load> open(Session session, int percent) throws IOException, InterruptedException;
    }

    private Figures flatOut(String name, int percent, Loading loading, int window)
            throws IOException, SQLException, InterruptedException {
        try (Session session = new Session(List.of())) {
            List<Load> loads = loading.open(session, percent);
            try {
                session.introduce(loads);
                session.sendFlatOut(loads, window);
                Thread.sleep(WARM_UP);
                session.acknowledgements.forget();
                return session.measure(
                        "%s, %d %% changed".formatted(name, percent),
                        plan.length(60),
                        () -> session.rest(loads),
                        percent == 10);
            } finally {
                close(loads);
            }
        }
    }

    /** A hundred thousand instances at a beat a minute. */
    private Figures live() throws IOException, SQLException, InterruptedException {
        try (Session session = new Session(List.of())) {
            int fleet = plan.fleet(LIVE_INSTANCES);
            List<Load> loads = session.streams(10, fleet, 0);
            session.introduce(loads);
            List<Pacer> pacers = session.pace(loads, LIVE_PER_SECOND);
            try {
                Thread.sleep(WARM_UP);
                session.acknowledgements.forget();
                return session.measure(
                        "1,667 beats/s, 10 % changed",
                        plan.length(60), () -> pacers.forEach(Pacer::stop), false);
            } finally {
                pacers.forEach(Pacer::stop);
                close(loads);
            }
        }
    }

    private Figures million(int percent) throws IOException, SQLException, InterruptedException {
        int fleet = plan.fleet(MILLION);
        try (Session session = new Session(fleet < MILLION ? List.of() : MILLION_SETTINGS)) {
            List<Load> loads = session.streams(percent, fleet, 0);
            List<Pacer> pacers = List.of();
            try {
                session.introduce(loads);
                List<Pacer> running =
                        session.pace(loads, (int) ((long) MILLION_PER_SECOND * fleet / MILLION));
                pacers = running;
                Thread.sleep(WARM_UP);
                session.acknowledgements.forget();
                Figures figures =
                        session.measure(
                                "%,d instances, a beat a minute".formatted(fleet),
                                plan.length(600),
                                () -> running.forEach(Pacer::stop),
                                true);
                aims.atMost("cores", figures.busyCores(), 0.6);
                aims.atMost("ackP99Ms", figures.ackP99Ms(), 250);
                aims.atMost(
                        "beats for which there was no room",
                        running.stream().mapToLong(Pacer::unsent).sum(),
                        0);
                return figures;
            } finally {
                pacers.forEach(Pacer::stop);
                close(loads);
            }
        }
    }

    /** The live ones first: the aim is theirs. */
    private List<Figures> replay(int percent)
            throws IOException, SQLException, InterruptedException {
        int fleet = plan.fleet(FLEET);
        long wanted = (long) fleet * REPLAYED_BEATS;
        try (Session session = new Session(List.of())) {
            List<Load> live = session.streams(percent, fleet * LIVE_TO_REPLAYING, fleet);
            session.introduce(live);
            List<Pacer> pacers = session.pace(live, LIVE_PER_SECOND);
            Acknowledgements replayed = new Acknowledgements();
            long from = session.startMillis - REPLAYED_BEATS * MINUTE_MILLIS;
            List<Load> replay =
                    session.streams(
                            percent,
                            fleet,
                            0,
                            (round, _) ->
                                    round < REPLAYED_BEATS ? from + round * MINUTE_MILLIS : -1,
                            replayed);
            try {
                Thread.sleep(WARM_UP);
                session.acknowledgements.forget();
                session.sendFlatOut(replay, WINDOW);
                Figures figures =
                        session.measure(
                                "live beats beside a replay",
                                () -> untilReplayed(replayed, wanted),
                                Optional.of(replayed),
                                () -> {
                                    pacers.forEach(Pacer::stop);
                                    session.rest(replay);
                                },
                                false);
                progress.accept(
                        "replayed %,d of %,d beats".formatted(replayed.acknowledged(), wanted));
                aims.atMost("live ackP99Ms", figures.ackP99Ms(), 2000);
                aims.atLeast("replayed beats", replayed.acknowledged(), wanted);
                replayed.refused()
                        .forEach((reason, count) ->
                                aims.atMost("replayed, not stored: " + reason, count, 0));
                return List.of(figures);
            } finally {
                pacers.forEach(Pacer::stop);
                close(replay);
                close(live);
            }
        }
    }

    /** Halves of the beats, or of the time where that is limited. */
    private Measurement.Half untilReplayed(Acknowledgements replayed, long wanted) {
        long start = System.nanoTime();
        return number -> {
            while (replayed.acknowledged() < wanted * number / 2
                    && (plan.seconds() == null
                            || System.nanoTime() - start
                                    < Duration.ofSeconds(plan.seconds()).toNanos() * number / 2)) {
                Thread.sleep(100);
            }
        };
    }

    private static void close(List<Load> loads) throws InterruptedException {
        for (Load load : loads) {
            load.close();
        }
    }

    /** A platform and what is connected to it. */
    private final class Session implements AutoCloseable {
        private final PlatformUnderTest platform;
        private final DatabaseProbe database;
        private final Acknowledgements acknowledgements = new Acknowledgements();
        private final Measurement measurement;
        private final List<String> keys = new ArrayList<>();
        private final List<ManagedChannel> channels = new ArrayList<>();
        private volatile boolean flatOut;
        private final long startMillis = System.currentTimeMillis();

        Session(List<String> needed) throws IOException, SQLException, InterruptedException {
            List<String> settings = new ArrayList<>(needed);
            settings.addAll(plan.settings());
            platform =
                    PlatformUnderTest.start(
                            plan.launcher(),
                            settings,
                            plan.profile() == null ? List.of() : PROFILED_POSTGRES);
            database = DatabaseProbe.of(platform);
            keys.add(platform.createKey(null));
            for (int i = 1; i < ORGANISATIONS; i++) {
                database.addOrganisation("bench " + i);
                keys.add(platform.createKey("bench " + i));
            }
            measurement = new Measurement(platform, database, acknowledgements);
        }

        List<Load> streams(int percent) {
            return streams(percent, plan.fleet(FLEET), 0);
        }

        List<Load> streams(int percent, int instances, int firstInstance) {
            return streams(
                    percent, instances, firstInstance, StreamLoad.Clock.now(), acknowledgements);
        }

        List<Load> streams(
                int percent,
                int instances,
                int firstInstance,
                StreamLoad.Clock clock,
                Acknowledgements answers) {
            List<Load> loads = new ArrayList<>();
            for (int i = 0; i < ORGANISATIONS; i++) {
                int share = instances / ORGANISATIONS;
                loads.add(
                        new StreamLoad(
                                open(i, CONNECTIONS_OF_STREAMS / ORGANISATIONS),
                                Math.min(STREAMS / ORGANISATIONS, share),
                                share,
                                beats(BodyFormat.PROTOBUF, percent, firstInstance + i * share),
                                clock,
                                answers));
            }
            return loads;
        }

        List<Load> connections(int percent) {
            int share = plan.fleet(FLEET_OF_CONNECTIONS) / ORGANISATIONS;
            List<Load> loads = new ArrayList<>();
            for (int i = 0; i < ORGANISATIONS; i++) {
                loads.add(
                        new StreamLoad(
                                open(i, share),
                                share,
                                share,
                                beats(BodyFormat.PROTOBUF, percent, i * share),
                                StreamLoad.Clock.now(),
                                acknowledgements));
            }
            return loads;
        }

        List<Load> http(int percent) throws IOException {
            List<Load> loads = new ArrayList<>();
            int share = plan.fleet(FLEET) / ORGANISATIONS;
            for (int i = 0; i < ORGANISATIONS; i++) {
                loads.add(
                        new HttpLoad(
                                platform.http(),
                                keys.get(i),
                                Math.min(HTTP_CONNECTIONS / ORGANISATIONS, share),
                                share,
                                beats(BodyFormat.JSON, percent, i * share),
                                acknowledgements));
            }
            return loads;
        }

        private Beats beats(BodyFormat format, int percent, int firstInstance) {
            return new Beats(format, percent, firstInstance, startMillis - MINUTE_MILLIS * 1500);
        }

        private List<ManagedChannel> open(int organisation, int connections) {
            List<ManagedChannel> opened =
                    new GrpcTarget(platform.grpc(), keys.get(organisation)).open(connections);
            channels.addAll(opened);
            return opened;
        }

        /** Sends, little at a time, at least one beat of each instance. */
        void introduce(List<Load> loads) throws InterruptedException {
            int fleet = loads.stream().mapToInt(Load::instances).sum();
            long start = System.nanoTime();
            long progressed = start;
            for (long seen = 0; seen < fleet; ) {
                loads.forEach(load -> load.sendFlatOut(1));
                Thread.sleep(NUDGE);
                long now = acknowledgements.acknowledged();
                if (now > seen) {
                    progressed = System.nanoTime();
                } else if (System.nanoTime() - progressed > PATIENCE.toNanos()) {
                    throw new IllegalStateException(
                            "no beat was acknowledged for %d s; refused: %s"
                                    .formatted(PATIENCE.toSeconds(), acknowledgements.refused()));
                }
                seen = now;
            }
            loads.forEach(Load::rest);
            progress.accept(
                    "first beats of %,d instances: %.1f s"
                            .formatted(fleet, (System.nanoTime() - start) / 1e9));
        }

        /** Until the load rests; connections whose beats were refused come back in a second. */
        void sendFlatOut(List<Load> loads, int window) {
            flatOut = true;
            Thread.ofPlatform()
                    .daemon()
                    .name("nudge")
                    .start(() -> {
                        while (flatOut) {
                            loads.forEach(load -> load.sendFlatOut(window));
                            LockSupport.parkNanos(NUDGE.toNanos());
                        }
                    });
        }

        void rest(List<Load> loads) throws InterruptedException {
            flatOut = false;
            Thread.sleep(NUDGE);
            loads.forEach(Load::rest);
        }

        List<Pacer> pace(List<Load> loads, int perSecond) {
            List<Pacer> pacers = new ArrayList<>();
            for (Load load : loads) {
                Pacer pacer = new Pacer(load, perSecond / loads.size());
                pacers.add(pacer);
                Thread.ofPlatform().daemon().name("pacer").start(pacer);
            }
            return pacers;
        }

        Figures measure(String name, Duration length, Measurement.Rest rest, boolean copyFloor)
                throws IOException, SQLException, InterruptedException {
            return measure(
                    name, () -> Measurement.Half.of(length), Optional.empty(), rest, copyFloor);
        }

        Figures measure(
                String name,
                Supplier<Measurement.Half> half,
                Optional<Acknowledgements> others,
                Measurement.Rest rest,
                boolean copyFloor)
                throws IOException, SQLException, InterruptedException {
            Profiler profiler =
                    new Profiler(Path.of(System.getProperty("java.home")), platform.pid());
            long before = acknowledgements.acknowledged();
            if (plan.profile() != null) {
                database.watchStatements();
                profiler.begin();
            }
            Figures figures = measurement.measure(name, half.get(), others, rest, copyFloor);
            if (plan.profile() != null) {
                String file = name.replaceAll("[^a-z0-9]+", "-");
                Path recording = plan.profile().resolve(file + ".jfr");
                profiler.end(recording);
                Files.write(
                        plan.profile().resolve(file + ".sql.txt"),
                        database.statements(acknowledgements.acknowledged() - before));
                Files.write(
                        plan.profile().resolve(file + ".parts.txt"),
                        profiler.parts(recording, figures.heartbeats(), figures.cpu().platform()));
            }
            figures.lines().forEach(progress);
            return figures;
        }

        @Override
        public void close() throws IOException, SQLException, InterruptedException {
            try (platform;
                    database) {
                GrpcTarget.close(channels);
            }
        }
    }
}
