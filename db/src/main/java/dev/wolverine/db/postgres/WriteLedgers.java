package dev.wolverine.db.postgres;

import dev.wolverine.db.UsageLimits;
import dev.wolverine.db.ledger.LedgerFacts;
import dev.wolverine.db.ledger.LedgerState;
import dev.wolverine.db.ledger.UsageKey;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** Writes what follows from the beats of a transaction: usage, events and ledgers. */
final class WriteLedgers {

    private final UsageSeriesIds seriesIds;
    private final AddUsage addUsage = new AddUsage();
    private final UpsertLedgers upsertLedgers = new UpsertLedgers();
    private final UpsertLedgerDays upsertLedgerDays = new UpsertLedgerDays();
    private final Counter overflowed;

    WriteLedgers(int maxCachedSeries, UsageLimits limits, MeterRegistry meters) {
        seriesIds = new UsageSeriesIds(maxCachedSeries, limits);
        overflowed = meters.counter("wolverine.usage.series.overflowed");
    }

    /** What a transaction is to write. */
    static final class Batch {
        private final SortedMap<Integer, Found> found = new TreeMap<>();
        private final SortedMap<Integer, LedgerState> heads = new TreeMap<>();
        private final SortedMap<Integer, TreeMap<LocalDate, byte[]>> days = new TreeMap<>();

        private record Found(UUID organisationId, LedgerFacts facts) {
            UsageSeriesIds.Name name(UsageKey key) {
                return new UsageSeriesIds.Name(organisationId, key.series());
            }
        }

        void facts(ServerBeats server, LedgerFacts facts) {
            facts.dropZeros();
            if (!facts.isEmpty()) {
                found.put(server.serverId(), new Found(server.identity().organisationId(), facts));
            }
        }

        void head(int serverId, LedgerState state) {
            heads.put(serverId, state);
        }

        /**
         * @param state encoded, before the first beat of the day
         */
        void day(int serverId, LocalDate day, byte[] state) {
            days.computeIfAbsent(serverId, _ -> new TreeMap<>()).put(day, state);
        }
    }

    /**
     * What was written.
     *
     * @param series to be remembered once the transaction is committed
     * @param changed where usage became another
     */
    record Written(UsageSeriesIds.Resolved series, SortedSet<ChangedUsage> changed) {
        static final Written NOTHING =
                new Written(UsageSeriesIds.Resolved.NONE, Collections.emptySortedSet());
    }

    Written execute(Connection connection, Batch batch) throws SQLException {
        Written usage = writeUsage(connection, batch);
        List<WriteLedgerEvents.Change> events = new ArrayList<>();
        batch.found.forEach((serverId, found) ->
                found.facts()
                        .events()
                        .values()
                        .forEach(change ->
                                events.add(new WriteLedgerEvents.Change(serverId, change))));
        if (!events.isEmpty()) {
            WriteLedgerEvents.execute(connection, events);
        }
        if (!batch.heads.isEmpty()) {
            upsertLedgers.execute(connection, batch.heads);
        }
        if (!batch.days.isEmpty()) {
            upsertLedgerDays.execute(connection, batch.days);
        }
        return usage;
    }

    void remember(UsageSeriesIds.Resolved series) {
        seriesIds.remember(series);
    }

    private Written writeUsage(Connection connection, Batch batch) throws SQLException {
        Set<UsageSeriesIds.Name> names = new HashSet<>();
        batch.found
                .values()
                .forEach(found ->
                        found.facts().usage().keySet().forEach(key -> names.add(found.name(key))));
        if (names.isEmpty()) {
            return Written.NOTHING;
        }
        UsageSeriesIds.Resolved resolved = seriesIds.resolve(connection, names);
        overflowed.increment(resolved.overflowed());
        Map<UsageSeriesIds.Name, Integer> ids = resolved.ids();
        SortedMap<AddUsage.Cell, long[]> cells = new TreeMap<>();
        SortedSet<ChangedUsage> changed = new TreeSet<>();
        batch.found.forEach((serverId, found) ->
                found.facts()
                        .usage()
                        .forEach((key, amounts) -> {
                            changed.add(new ChangedUsage(found.organisationId(), key.quarter()));
                            Integer seriesId = ids.get(found.name(key));
                            if (seriesId == null) {
                                throw new IllegalStateException("no id of " + key.series());
                            }
                            cells.merge(
                                    new AddUsage.Cell(serverId, key.quarter(), seriesId),
                                    amounts,
                                    LedgerFacts::sum);
                        }));
        addUsage.execute(connection, cells);
        return new Written(resolved, changed);
    }
}
