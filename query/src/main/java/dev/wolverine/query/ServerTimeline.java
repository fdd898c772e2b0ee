package dev.wolverine.query;

import dev.wolverine.db.model.ServerEvent;
import dev.wolverine.db.model.ServerEvent.Kind;
import dev.wolverine.db.model.Snapshot;
import dev.wolverine.db.model.SnapshotSample;
import dev.wolverine.db.reader.SelectServerEvents;
import dev.wolverine.db.reader.SelectSnapshotSamples;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a server, all in one line. Versions and backups are told from one beat in each
 * of 200 stretches of the time: a version has the time of the restart that brought it, a backup
 * that of the beat which shows it. Never blocks; thread-safe.
 */
public final class ServerTimeline {

    private static final int SAMPLES = 200;
    private static final Duration FINEST = Duration.ofMinutes(1);

    private final SelectServerEvents events;
    private final SelectSnapshotSamples samples;

    public ServerTimeline(SelectServerEvents events, SelectSnapshotSamples samples) {
        this.events = events;
        this.samples = samples;
    }

    /**
     * The newest first, at most so many; empty if the organisation has no such instance.
     *
     * @param from inclusive
     * @param to exclusive
     */
    public CompletionStage<Optional<List<ServerEvent>>> read(
            UUID organisationId,
            String instanceId,
            Instant from,
            Instant to,
            Set<Kind> kinds,
            int limit) {
        CompletionStage<Optional<List<ServerEvent>>> stored =
                events.execute(organisationId, instanceId, from, to, kinds, limit);
        boolean sampled = kinds.contains(Kind.VERSION) || kinds.contains(Kind.BACKUP);
        CompletionStage<Optional<List<SnapshotSample>>> snapshots =
                sampled
                        ? samples.execute(
                                organisationId,
                                instanceId,
                                from,
                                to,
                                stretch(from, to),
                                SelectSnapshotSamples.Choice.LAST)
                        : CompletableFuture.completedFuture(Optional.of(List.of()));
        return stored.thenCombine(
                snapshots,
                (found, seen) ->
                        found.map(list -> merge(list, seen.orElse(List.of()), kinds, limit)));
    }

    /** The width of a stretch of which one beat is looked at. */
    public static Duration stretch(Instant from, Instant to) {
        Duration stretch = Duration.between(from, to).dividedBy(SAMPLES);
        return stretch.compareTo(FINEST) < 0 ? FINEST : stretch;
    }

    static List<ServerEvent> merge(
            List<ServerEvent> stored, List<SnapshotSample> samples, Set<Kind> kinds, int limit) {
        List<ServerEvent> all = new ArrayList<>();
        for (ServerEvent event : stored) {
            if (kinds.contains(event.kind())) {
                all.add(event);
            }
        }
        for (int i = 1; i < samples.size(); i++) {
            SnapshotSample before = samples.get(i - 1);
            SnapshotSample after = samples.get(i);
            if (kinds.contains(Kind.VERSION)) {
                version(before, after, stored).ifPresent(all::add);
            }
            if (kinds.contains(Kind.BACKUP)) {
                backup(before.snapshot().backups(), after).ifPresent(all::add);
            }
        }
        all.sort(Comparator.comparing(ServerEvent::at).reversed().thenComparing(ServerEvent::kind));
        return List.copyOf(all.subList(0, Math.min(limit, all.size())));
    }

    private static Optional<ServerEvent> version(
            SnapshotSample before, SnapshotSample after, List<ServerEvent> stored) {
        String from = before.snapshot().version();
        String to = after.snapshot().version();
        if (Objects.equals(from, to)) {
            return Optional.empty();
        }
        Instant at =
                stored.stream()
                        .filter(event ->
                                event.kind() == Kind.RESTART
                                        && "upgrade".equals(event.detail().get("cause"))
                                        && event.at().isAfter(before.at())
                                        && !event.at().isAfter(after.at()))
                        .map(ServerEvent::at)
                        .min(Comparator.naturalOrder())
                        .orElse(after.at());
        Map<String, @Nullable Object> detail = new LinkedHashMap<>();
        detail.put("from", from);
        detail.put("to", to);
        return Optional.of(event(at, Kind.VERSION, detail));
    }

    private static Optional<ServerEvent> backup(Snapshot.Backups before, SnapshotSample sample) {
        Snapshot.Backups after = sample.snapshot().backups();
        if (after.equals(before)) {
            return Optional.empty();
        }
        Map<String, @Nullable Object> detail = new LinkedHashMap<>();
        detail.put("totalBefore", before.total());
        detail.put("total", after.total());
        detail.put("stable", after.stable());
        detail.put("verified", after.verified());
        detail.put("unstable", after.unstable());
        return Optional.of(event(sample.at(), Kind.BACKUP, detail));
    }

    @SuppressWarnings("NullAway") // JSON has null, and the details are JSON.
    private static ServerEvent event(Instant at, Kind kind, Map<String, @Nullable Object> detail) {
        return new ServerEvent(at, kind, detail);
    }
}
