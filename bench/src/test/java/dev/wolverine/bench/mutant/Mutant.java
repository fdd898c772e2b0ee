package dev.wolverine.bench.mutant;

import dev.wolverine.bench.chaos.FaultKind;
import java.util.List;
import java.util.Set;

/**
 * Platforms that break a promise on purpose: each is to be found by its own check.
 *
 * <p>The changes are made to classes as they are loaded, by a Java agent made of these tests: what
 * is shipped knows nothing of them.
 */
enum Mutant {
    /** Commits wait for nothing: what the server killed had not written is gone. */
    ASYNCHRONOUS_COMMIT(
            "lost",
            Set.of(FaultKind.KILL_POSTGRES),
            List.of("synchronous_commit = off", "wal_writer_delay = 10s"),
            List.of()),
    ACKNOWLEDGED_BEFORE_COMMIT(
            "lost",
            Set.of(FaultKind.KILL_PLATFORM),
            List.of(),
            List.of(
                    new Edit.Redirect(
                            Names.WRITER,
                            "java.util.concurrent.BlockingQueue",
                            "offer",
                            "acknowledgeAtOnce"))),
    ONE_SKIPPED("lost", write("skipOne")),
    ONE_CHANGED("corrupt", write("changeOne")),
    ONE_ADDED("invented", write("addOne")),
    ORGANISATIONS_SWAPPED("organisation", write("swapOrganisation")),
    /** A commit whose answer was lost counts as done. */
    UNKNOWN_COMMIT_ACKNOWLEDGED(
            "lost",
            Set.of(FaultKind.RESET_DATABASE, FaultKind.KILL_POSTGRES),
            List.of(),
            List.of(
                    new Edit.Redirect(
                            Names.STORE, "java.sql.Connection", "commit", "commitPerhaps"))),
    INSERTED_WITHOUT_KEY(
            "duplicate",
            Set.of(FaultKind.LOST_ACKS),
            List.of(),
            List.of(
                    new Edit.Redirect(
                            "dev.wolverine.web.app.Platform",
                            Names.POSTGRES + "Database",
                            "migrate",
                            "migrateWithoutKey"),
                    new Edit.Text(
                            Names.POSTGRES + "InsertHeartbeats",
                            " ON CONFLICT \\(server_id, ts\\) DO NOTHING",
                            ""))),
    /** Usage that comes later into a quarter of an hour is ignored. */
    LATE_USAGE_IGNORED(
            "usage",
            List.of(
                    new Edit.Text(
                            Names.POSTGRES + "AddUsage", "(?s)DO UPDATE SET.*", "DO NOTHING"))),
    /** The cursor of the fleet index goes on although its work was not done. */
    CURSOR_AHEAD_OF_ITS_WORK(
            "told",
            List.of(
                    new Edit.Redirect(
                            "dev.wolverine.query.FleetFollower",
                            Names.POSTGRES + "SelectCommits",
                            "after",
                            "forgetCommits"))),
    AUDIT_SKIPPED(
            "audit",
            List.of(
                    new Edit.Redirect(
                            Names.POSTGRES + "KeyStore",
                            Names.POSTGRES + "AuditLog",
                            "append",
                            "appendSometimes"))),
    REVOKED_KEYS_ACCEPTED(
            "resurrected",
            List.of(
                    new Edit.Redirect(
                            "dev.wolverine.ingest.KeyAuthenticator",
                            "dev.wolverine.db.model.KeyRecord",
                            "isLive",
                            "alwaysLive"))),
    REDIS_NOT_REBUILT(
            "redis",
            List.of(
                    new Edit.Redirect(
                            "dev.wolverine.db.redis.LiveState",
                            "dev.wolverine.db.redis.LiveState",
                            "rebuild",
                            "noRebuild")));

    /** Classes that several change. */
    private static final class Names {
        private static final String POSTGRES = "dev.wolverine.db.postgres.";
        private static final String STORE = POSTGRES + "HeartbeatStore";
        private static final String WRITER = "dev.wolverine.ingest.GroupCommitWriter";
    }

    private final String check;
    private final Set<FaultKind> faults;
    private final List<String> postgres;
    private final List<Edit> edits;

    Mutant(String check, Set<FaultKind> faults, List<String> postgres, List<Edit> edits) {
        this.check = check;
        this.faults = faults;
        this.postgres = postgres;
        this.edits = edits;
    }

    Mutant(String check, List<Edit> edits) {
        this(check, Set.of(FaultKind.LOST_ACKS), List.of(), edits);
    }

    private static List<Edit> write(String hook) {
        return List.of(new Edit.Redirect(Names.WRITER + "$Lane", Names.STORE, "write", hook));
    }

    /** The check that has to find it. */
    String check() {
        return check;
    }

    /** What it takes to show. */
    Set<FaultKind> faults() {
        return faults;
    }

    /** Settings of PostgreSQL that belong to it. */
    List<String> postgres() {
        return postgres;
    }

    List<Edit> edits() {
        return edits;
    }
}
