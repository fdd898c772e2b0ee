package dev.wolverine.db.alert;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One alert, as stored. Immutable: whoever changes one makes another. Of each fingerprint at most
 * one is open, that is, not resolved.
 *
 * @param subject whom and what it is about
 * @param severity 0 info to 3 critical
 * @param summary one sentence for a person
 * @param evidence a JSON object
 * @param firingSince null until it fires
 * @param resolvedAt null until then
 * @param groupId the incident that it is told with; null if nobody was to be told yet
 */
public record AlertRecord(
        UUID id,
        UUID organisationId,
        long ruleId,
        int ruleVersion,
        String kind,
        Subject subject,
        State state,
        int severity,
        String summary,
        String evidence,
        Instant pendingSince,
        @Nullable Instant firingSince,
        Instant lastTrueAt,
        @Nullable Instant resolvedAt,
        Timing timing,
        Marks marks,
        @Nullable UUID groupId,
        Told told) {

    /** Where it stands. */
    public enum State {
        PENDING,
        FIRING,
        RESOLVED
    }

    /** What its group last told of it. The ordinal is stored. */
    public enum Told {
        NOTHING,
        FIRING,
        ACKNOWLEDGED,
        RESOLVED
    }

    /**
     * Whom it is about.
     *
     * @param serverId 0: no single server
     * @param name for a person
     * @param tag it is grouped by; empty: none
     * @param labels what else tells it from others
     */
    public record Subject(int serverId, String name, String tag, SortedMap<String, String> labels) {
        public Subject {
            labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        }
    }

    /**
     * Milliseconds of judging, which no clock moves; {@link #NEVER} if it is not so.
     *
     * @param clear since when the condition is false
     * @param noData since when nobody can tell
     * @param evaluations the last twenty, newest in the lowest bit; 1 is true
     * @param evaluated how many those are
     */
    public record Timing(
            long pending,
            long lastTrue,
            long clear,
            long noData,
            long resolved,
            int evaluations,
            int evaluated) {

        public static final long NEVER = -1;
    }

    /**
     * What was done to it, and why it is quiet.
     *
     * @param silencedBy a silence or a maintenance
     * @param inhibitedBy another alert that explains it
     * @param degraded found while the platform itself was not well
     */
    public record Marks(
            @Nullable String acknowledgedBy,
            @Nullable Instant acknowledgedAt,
            @Nullable Instant snoozedUntil,
            @Nullable UUID silencedBy,
            @Nullable UUID inhibitedBy,
            boolean flapping,
            boolean degraded) {

        public static final Marks NONE = new Marks(null, null, null, null, null, false, false);

        public Marks acknowledged(@Nullable String by, @Nullable Instant at) {
            return new Marks(by, at, snoozedUntil, silencedBy, inhibitedBy, flapping, degraded);
        }

        public Marks snoozed(@Nullable Instant until) {
            return new Marks(
                    acknowledgedBy,
                    acknowledgedAt,
                    until,
                    silencedBy,
                    inhibitedBy,
                    flapping,
                    degraded);
        }

        public Marks silenced(@Nullable UUID by) {
            return new Marks(
                    acknowledgedBy,
                    acknowledgedAt,
                    snoozedUntil,
                    by,
                    inhibitedBy,
                    flapping,
                    degraded);
        }

        public Marks inhibited(@Nullable UUID by) {
            return new Marks(
                    acknowledgedBy,
                    acknowledgedAt,
                    snoozedUntil,
                    silencedBy,
                    by,
                    flapping,
                    degraded);
        }

        public Marks flapping(boolean now) {
            return new Marks(
                    acknowledgedBy,
                    acknowledgedAt,
                    snoozedUntil,
                    silencedBy,
                    inhibitedBy,
                    now,
                    degraded);
        }

        public Marks degraded(boolean now) {
            return new Marks(
                    acknowledgedBy,
                    acknowledgedAt,
                    snoozedUntil,
                    silencedBy,
                    inhibitedBy,
                    flapping,
                    now);
        }

        /** Whether nobody is to be told now. */
        public boolean isQuiet() {
            return snoozedUntil != null || silencedBy != null || inhibitedBy != null || degraded;
        }
    }

    public boolean isOpen() {
        return state != State.RESOLVED;
    }

    public boolean isFiring() {
        return state == State.FIRING;
    }

    public boolean isAcknowledged() {
        return marks.acknowledgedBy() != null;
    }

    /** Whether the condition was true when it was last judged. */
    public boolean isTrueNow() {
        return timing.clear() == Timing.NEVER && timing.noData() == Timing.NEVER;
    }

    public Fingerprint fingerprint() {
        return new Fingerprint(ruleId, subject.serverId(), subject.labels());
    }

    public Optional<UUID> group() {
        return Optional.ofNullable(groupId);
    }

    public AlertRecord with(Timing timing) {
        return copy(state, severity, summary, evidence, lastTrueAt, timing, marks, groupId, told);
    }

    public AlertRecord with(Marks marks) {
        return copy(state, severity, summary, evidence, lastTrueAt, timing, marks, groupId, told);
    }

    public AlertRecord with(UUID group, Told told) {
        return copy(state, severity, summary, evidence, lastTrueAt, timing, marks, group, told);
    }

    /** What was found again. */
    public AlertRecord found(int severity, String summary, String evidence, Instant lastTrueAt) {
        return copy(state, severity, summary, evidence, lastTrueAt, timing, marks, groupId, told);
    }

    public AlertRecord fired(Instant at) {
        return new AlertRecord(
                id,
                organisationId,
                ruleId,
                ruleVersion,
                kind,
                subject,
                State.FIRING,
                severity,
                summary,
                evidence,
                pendingSince,
                at,
                lastTrueAt,
                null,
                timing,
                marks,
                groupId,
                told);
    }

    public AlertRecord resolved(Instant at, Timing timing) {
        return new AlertRecord(
                id,
                organisationId,
                ruleId,
                ruleVersion,
                kind,
                subject,
                State.RESOLVED,
                severity,
                summary,
                evidence,
                pendingSince,
                firingSince,
                lastTrueAt,
                at,
                timing,
                marks,
                groupId,
                told);
    }

    private AlertRecord copy(
            State state,
            int severity,
            String summary,
            String evidence,
            Instant lastTrueAt,
            Timing timing,
            Marks marks,
            @Nullable UUID groupId,
            Told told) {
        return new AlertRecord(
                id,
                organisationId,
                ruleId,
                ruleVersion,
                kind,
                subject,
                state,
                severity,
                summary,
                evidence,
                pendingSince,
                firingSince,
                lastTrueAt,
                resolvedAt,
                timing,
                marks,
                groupId,
                told);
    }
}
