package dev.wolverine.ingest;

import dev.wolverine.db.model.HeartbeatFlags;
import dev.wolverine.db.model.Identity;
import dev.wolverine.db.model.QuarantineReason;
import dev.wolverine.ingest.decode.DecodedBeat;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Judges whose a beat is, and whether its time is one that can be stored. Pure; immutable. */
final class HeartbeatRules {

    /** Clients whose redactor took their id for a secret send the name of its variable instead. */
    private static final String REDACTED = "process.env.";

    /** Below it (1973) a number of milliseconds is one of seconds, or nonsense. */
    private static final long EARLIEST_MILLIS = 100_000_000_000L;

    private final IngestConfig.Clock clock;
    private final Duration retention;

    /**
     * @param retention older beats are too old
     */
    HeartbeatRules(IngestConfig.Clock clock, Duration retention) {
        this.clock = clock;
        this.retention = retention;
    }

    /**
     * Judges a beat whose instance its body alone may name.
     *
     * @param receivedAt what its clock is held against
     */
    Judgement judge(DecodedBeat beat, UUID organisationId, Instant receivedAt) {
        String inBody = beat.instanceId();
        return inBody != null && inBody.startsWith(REDACTED)
                ? new Judgement.Redacted()
                : judgeOf(inBody, beat, organisationId, receivedAt);
    }

    /** Judges a beat whose id is redacted, once it is known whether its name tells whose it is. */
    Judgement.Settled judgeRedacted(
            NameMatch match, DecodedBeat beat, UUID organisationId, Instant receivedAt) {
        return switch (match) {
            case NameMatch.One(String id) -> judgeOf(id, beat, organisationId, receivedAt);
            case NameMatch.None(String why) ->
                    new Judgement.Unacceptable(
                            null,
                            QuarantineReason.MISSING_INSTANCE_ID,
                            "instanceId is redacted, and "
                                    + why
                                    + " (expected: a key of one instance, the header X-Instance-Id,"
                                    + " or a name and port that one instance alone has)");
        };
    }

    /**
     * Judges a beat of an instance that something stronger than its body names.
     *
     * @param id null or empty: nothing names one
     */
    Judgement.Settled judgeOf(
            @Nullable String id, DecodedBeat beat, UUID organisationId, Instant receivedAt) {
        if (id == null || id.isEmpty()) {
            return new Judgement.Unacceptable(
                    null,
                    QuarantineReason.MISSING_INSTANCE_ID,
                    "no instance is named (expected: a key of one instance, the header X-Instance-Id, or instanceId)");
        }
        if (!isInstanceId(id)) {
            return new Judgement.Unacceptable(
                    null,
                    QuarantineReason.INVALID_INSTANCE_ID,
                    "instanceId: "
                            + id.length()
                            + " characters (expected: 1 to "
                            + DecodedBeat.MAX_INSTANCE_ID
                            + ", printable ASCII without spaces)");
        }
        Long millis = beat.timestampMillis();
        if (millis == null) {
            return beat.isTimestampOdd()
                    ? new Judgement.Unacceptable(
                            id,
                            QuarantineReason.INVALID_TIMESTAMP,
                            "timestamp is no number (expected: milliseconds since 1970)")
                    : new Judgement.Unacceptable(
                            id,
                            QuarantineReason.MISSING_TIMESTAMP,
                            "timestamp is missing (expected: milliseconds since 1970)");
        }
        return judgeTime(
                new Identity(organisationId, id),
                millis,
                receivedAt,
                differs(id, beat.instanceId()));
    }

    private Judgement.Settled judgeTime(
            Identity identity, long millis, Instant receivedAt, boolean idDiffers) {
        if (millis < EARLIEST_MILLIS) {
            return new Judgement.Unacceptable(
                    identity.instanceId(),
                    QuarantineReason.INVALID_TIMESTAMP,
                    "timestamp: " + millis + " (expected: milliseconds since 1970)");
        }
        long ahead = millis - receivedAt.toEpochMilli();
        if (ahead > clock.maxAhead().toMillis()) {
            return new Judgement.Unacceptable(
                    identity.instanceId(),
                    QuarantineReason.FUTURE_TIMESTAMP,
                    "timestamp: "
                            + millis
                            + " (expected: at most "
                            + clock.maxAhead()
                            + " ahead of the server's clock)");
        }
        if (-ahead > retention.toMillis()) {
            return new Judgement.Unacceptable(
                    identity.instanceId(),
                    QuarantineReason.TOO_OLD,
                    "timestamp: " + millis + " (expected: at most " + retention + " ago)");
        }
        int flags =
                (ahead > clock.aheadFlagged().toMillis() ? HeartbeatFlags.CLOCK_AHEAD : 0)
                        | (idDiffers ? HeartbeatFlags.IDENTITY_DIFFERS : 0);
        return new Judgement.Acceptable(identity, Instant.ofEpochMilli(millis), flags);
    }

    static boolean isInstanceId(String id) {
        return !id.isEmpty()
                && id.length() <= DecodedBeat.MAX_INSTANCE_ID
                && id.chars().allMatch(character -> character > ' ' && character < 0x7F);
    }

    private static boolean differs(String id, @Nullable String inBody) {
        return inBody != null && !inBody.equals(id);
    }
}
