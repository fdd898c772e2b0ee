package dev.wolverine.web.api;

import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.db.model.QuarantineRow;
import dev.wolverine.db.model.QuarantinedBody;
import dev.wolverine.db.postgres.DeleteQuarantinedBodies;
import dev.wolverine.db.reader.SelectQuarantine;
import dev.wolverine.db.reader.SelectQuarantinedBody;
import dev.wolverine.ingest.ReplayResult;
import dev.wolverine.web.http.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sends bodies of the quarantine through the intake once more. What becomes a heartbeat leaves the
 * quarantine afterwards: a failure in between is mended by doing it again.
 *
 * <p>Blocking; thread-safe.
 */
final class QuarantineReplay {

    /** Bodies in one call. */
    static final int MAX_BODIES = 1_000;

    /** Bodies in memory, and under way, at a time: 64 KiB each at most. */
    private static final int AT_ONCE = 50;

    /** For the audit log. */
    private static final String ACTION = "quarantine.replay";

    private final SelectQuarantine list;
    private final SelectQuarantinedBody body;
    private final DeleteQuarantinedBodies delete;
    private final QuarantineHandler.Intake intake;

    QuarantineReplay(
            SelectQuarantine list,
            SelectQuarantinedBody body,
            DeleteQuarantinedBodies delete,
            QuarantineHandler.Intake intake) {
        this.list = list;
        this.body = body;
        this.delete = delete;
        this.intake = intake;
    }

    /**
     * One body.
     *
     * @param instanceId whose it is, where it does not say so itself; null: as it says
     * @throws Problem 404, 409 if it cannot be replayed, 400 if no instance can be given
     */
    ReplayResult one(Principal by, long id, @Nullable String instanceId) {
        UUID organisationId = by.organisationId();
        QuarantinedBody kept =
                result(body.execute(organisationId, id)).orElseThrow(QuarantineReplay::unknown);
        requireAsSent(kept.row());
        if (instanceId != null && !lacksInstance(kept.row())) {
            throw Problem.badRequest(
                    "instanceId: given (expected: none, unless the reason is"
                            + " missing_instance_id or invalid_instance_id)");
        }
        ReplayResult result = result(send(organisationId, kept, instanceId));
        if (result instanceof ReplayResult.Stored) {
            delete.execute(organisationId, List.of(id), by.subject(), ACTION);
        }
        return result;
    }

    /**
     * All bodies with this reason that can be replayed, newest first.
     *
     * @param before ids from this one on are left out
     * @throws Problem 503 if the intake refuses for now; what was done until then is done
     */
    Summary all(Principal by, QuarantineReason reason, long before) {
        List<QuarantineRow> rows =
                result(list.execute(by.organisationId(), before, reason, null, MAX_BODIES + 1));
        List<QuarantineRow> page = rows.subList(0, Math.min(rows.size(), MAX_BODIES));
        Summary summary = new Summary(0, 0, null);
        for (int start = 0; start < page.size(); start += AT_ONCE) {
            List<QuarantineRow> some = page.subList(start, Math.min(start + AT_ONCE, page.size()));
            summary = summary.plus(replay(by, some), some.size());
        }
        return rows.size() > page.size() ? summary.until(page.getLast().id()) : summary;
    }

    /** Returns how many left the quarantine. */
    private int replay(Principal by, List<QuarantineRow> rows) {
        UUID organisationId = by.organisationId();
        Map<Long, CompletionStage<ReplayResult>> underWay = new LinkedHashMap<>();
        for (QuarantineRow row : rows) {
            if (row.isAsSent()) {
                result(body.execute(organisationId, row.id()))
                        .ifPresent(
                                kept -> underWay.put(row.id(), send(organisationId, kept, null)));
            }
        }
        List<Long> stored = new ArrayList<>();
        ReplayResult.@Nullable Refused refusal = null;
        for (Map.Entry<Long, CompletionStage<ReplayResult>> one : underWay.entrySet()) {
            switch (result(one.getValue())) {
                case ReplayResult.Stored _ -> stored.add(one.getKey());
                case ReplayResult.Unacceptable _ -> {}
                case ReplayResult.Refused refused -> refusal = refused;
            }
        }
        if (!stored.isEmpty()) {
            delete.execute(organisationId, stored, by.subject(), ACTION);
        }
        if (refusal != null) {
            throw refused(refusal);
        }
        return stored.size();
    }

    private CompletionStage<ReplayResult> send(
            UUID organisationId, QuarantinedBody kept, @Nullable String instanceId) {
        String known = kept.row().instanceId();
        return intake.replay(organisationId, kept, known.isEmpty() ? instanceId : known);
    }

    private static boolean lacksInstance(QuarantineRow row) {
        return row.reason() == QuarantineReason.MISSING_INSTANCE_ID
                || row.reason() == QuarantineReason.INVALID_INSTANCE_ID;
    }

    private static void requireAsSent(QuarantineRow row) {
        if (!row.isAsSent()) {
            throw Problem.of(
                    409,
                    switch (row.reason()) {
                        case CONFLICT ->
                                "a conflict cannot be replayed: another heartbeat has its place";
                        case UNSTORABLE ->
                                "what the storage refused cannot be replayed: only its decoded form was kept";
                        default ->
                                "a body that was cut at 64 KiB cannot be replayed: its end was not kept";
                    });
        }
    }

    static Problem unknown() {
        return Problem.notFound("no such body in this organisation's quarantine");
    }

    static Problem refused(ReplayResult.Refused refused) {
        return Problem.unavailable(
                "the intake refuses for now (" + refused.cause().label() + "); try again",
                refused.retryAfter());
    }

    private static <T> T result(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    /**
     * What became of several bodies.
     *
     * @param stored are heartbeats, and left the quarantine
     * @param kept stay in it
     * @param nextBefore where to go on; null: that was all
     */
    record Summary(int stored, int kept, @Nullable Long nextBefore) {
        private Summary plus(int moreStored, int of) {
            return new Summary(stored + moreStored, kept + of - moreStored, nextBefore);
        }

        private Summary until(long id) {
            return new Summary(stored, kept, id);
        }
    }
}
