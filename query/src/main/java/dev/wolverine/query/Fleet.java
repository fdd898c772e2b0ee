package dev.wolverine.query;

import dev.wolverine.query.NameOrder.Named;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The servers of one organisation, each in a slot of its own, so that a question is one pass over
 * an array.
 *
 * <p>One thread writes; any may read. A reader sees each server as it is at some moment of its
 * question. Views are replaced before the sequence rises: what is read after the sequence is never
 * older than that.
 */
final class Fleet {

    private static final int FIRST_CAPACITY = 16;

    /** So many new names are put in order by who writes, not by the next who asks. */
    private static final int MANY_NAMES = 1_000;

    private final Map<String, Integer> slots = new ConcurrentHashMap<>();
    private final List<Consumer<FleetChange>> listeners = new CopyOnWriteArrayList<>();
    private final List<Named> renamed = new ArrayList<>();
    private volatile AtomicReferenceArray<ServerView> views =
            new AtomicReferenceArray<>(FIRST_CAPACITY);
    private volatile NameOrder order = NameOrder.EMPTY;
    private volatile boolean outOfOrder;
    private volatile long sequence;

    List<Consumer<FleetChange>> listeners() {
        return listeners;
    }

    long sequence() {
        return sequence;
    }

    /** Only the one writing thread counts. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    long next() {
        return ++sequence;
    }

    @Nullable ServerView find(String instanceId) {
        Integer slot = slots.get(instanceId);
        return slot == null ? null : views.get(slot);
    }

    /** For the one writing thread. */
    void put(ServerView view) {
        String id = view.state().instanceId();
        Integer known = slots.get(id);
        if (known != null) {
            ServerView before = views.get(known);
            views.set(known, view);
            if (!name(view).equals(name(before))) {
                rename(known, view);
            }
            return;
        }
        int slot = slots.size();
        if (slot == views.length()) {
            views = twice(views);
        }
        views.set(slot, view);
        rename(slot, view);
        slots.put(id, slot);
    }

    /** All of them, those that were put away too. */
    List<ServerView> all() {
        List<ServerView> all = new ArrayList<>();
        AtomicReferenceArray<ServerView> now = views;
        for (int slot = 0; slot < now.length(); slot++) {
            ServerView view = now.get(slot);
            if (view == null) {
                break;
            }
            all.add(view);
        }
        return all;
    }

    FleetPage page(FleetQuery query) {
        NameOrder names = order();
        AtomicReferenceArray<ServerView> now = views;
        return query.sort() == FleetSort.NAME
                ? byName(query, names, now)
                : byKey(query, names, now);
    }

    /** Those that the filter lets through, in the order of a column. */
    List<ServerView> sorted(FleetFilter filter, FleetSort sort, boolean descending) {
        NameOrder names = order();
        AtomicReferenceArray<ServerView> now = views;
        List<ServerView> found = new ArrayList<>();
        for (int place = 0; place < names.size(); place++) {
            int slot =
                    names.slot(
                            sort == FleetSort.NAME && descending
                                    ? names.size() - 1 - place
                                    : place);
            ServerView view = now.get(slot);
            if (view.archived() == filter.archived() && filter.admits(view)) {
                found.add(view);
            }
        }
        if (sort != FleetSort.NAME) {
            // Stable, and by name already.
            ToLongFunction<ServerView> key = key(sort, descending, now);
            long[] keys = found.stream().mapToLong(key).toArray();
            Integer[] places = new Integer[keys.length];
            for (int i = 0; i < places.length; i++) {
                places[i] = i;
            }
            java.util.Arrays.sort(places, (a, b) -> Long.compare(keys[a], keys[b]));
            List<ServerView> ordered = new ArrayList<>(places.length);
            for (Integer place : places) {
                ordered.add(found.get(place));
            }
            return ordered;
        }
        return found;
    }

    /** The servers with the greatest numbers in a column; without those that did not send it. */
    List<ServerView> top(FleetSort by, int n) {
        NameOrder names = order();
        AtomicReferenceArray<ServerView> now = views;
        Selection greatest = new Selection(n);
        for (int slot = 0; slot < names.size(); slot++) {
            ServerView view = now.get(slot);
            long key = by.key(view);
            if (key >= 0 && !view.archived()) {
                greatest.offer(~key, names.rank(slot), view);
            }
        }
        return greatest.sorted(0);
    }

    /** The status of each server by its ordinal, by name: without those that were put away. */
    byte[] heatmap() {
        NameOrder names = order();
        AtomicReferenceArray<ServerView> now = views;
        byte[] cells = new byte[names.size()];
        int size = 0;
        for (int place = 0; place < cells.length; place++) {
            ServerView view = now.get(names.slot(place));
            if (!view.archived()) {
                cells[size++] = (byte) view.status().ordinal();
            }
        }
        return java.util.Arrays.copyOf(cells, size);
    }

    Map<Status, Integer> counts() {
        Counts counts = new Counts(false);
        for (ServerView view : all()) {
            counts.add(view);
        }
        return counts.byStatus();
    }

    private FleetPage byName(
            FleetQuery query, NameOrder names, AtomicReferenceArray<ServerView> now) {
        FleetFilter filter = query.filter();
        FleetCursor after = query.after();
        int size = names.size();
        int passed = after == null ? 0 : names.through(after.name(), after.id());
        int begin =
                after == null
                        ? 0
                        : query.descending() ? size - before(names, after, passed) : passed;
        Counts counts = new Counts(filter.archived());
        List<ServerView> found = new ArrayList<>();
        int total = 0;
        int behind = 0;
        for (int place = 0; place < size; place++) {
            int slot = names.slot(query.descending() ? size - 1 - place : place);
            ServerView view = now.get(slot);
            if (counts.add(view) && filter.admits(view)) {
                total++;
                if (place >= begin) {
                    behind++;
                    if (behind > query.offset() && found.size() < query.limit()) {
                        found.add(view);
                    }
                }
            }
        }
        boolean more = behind > query.offset() + found.size();
        return new FleetPage(
                found,
                total,
                counts.byStatus(),
                query.page(),
                more ? cursor(query, found.getLast()) : null);
    }

    /** How many stand before the cursor's place. */
    private static int before(NameOrder names, FleetCursor after, int through) {
        boolean there =
                through > 0 && names.isCalled(names.slot(through - 1), after.name(), after.id());
        return there ? through - 1 : through;
    }

    private FleetPage byKey(
            FleetQuery query, NameOrder names, AtomicReferenceArray<ServerView> now) {
        FleetFilter filter = query.filter();
        FleetCursor after = query.after();
        Versions versions = query.sort() == FleetSort.VERSION ? versions(now) : null;
        ToLongFunction<ServerView> key = key(query.sort(), query.descending(), versions);
        long afterKey = 0;
        int afterRank = 0;
        if (after != null) {
            long place = versions == null ? after.key() : versions.key(after.version());
            afterKey = query.descending() ? ~place : place;
            afterRank = names.through(after.name(), after.id()) - 1;
        }
        Selection least = new Selection(query.offset() + query.limit());
        Counts counts = new Counts(filter.archived());
        int total = 0;
        int behind = 0;
        for (int slot = 0; slot < names.size(); slot++) {
            ServerView view = now.get(slot);
            if (!counts.add(view) || !filter.admits(view)) {
                continue;
            }
            total++;
            long own = key.applyAsLong(view);
            int rank = names.rank(slot);
            if (after == null || own > afterKey || (own == afterKey && rank > afterRank)) {
                behind++;
                least.offer(own, rank, view);
            }
        }
        List<ServerView> found = least.sorted(query.offset());
        boolean more = behind > query.offset() + found.size() && !found.isEmpty();
        return new FleetPage(
                found,
                total,
                counts.byStatus(),
                query.page(),
                more ? cursor(query, found.getLast()) : null);
    }

    private static ToLongFunction<ServerView> key(
            FleetSort sort, boolean descending, AtomicReferenceArray<ServerView> now) {
        return key(sort, descending, sort == FleetSort.VERSION ? versions(now) : null);
    }

    /** The complement of a number orders the other way round, and never overflows. */
    private static ToLongFunction<ServerView> key(
            FleetSort sort, boolean descending, @Nullable Versions versions) {
        ToLongFunction<ServerView> key =
                versions == null ? sort::key : view -> versions.key(version(view));
        return descending ? view -> ~key.applyAsLong(view) : key;
    }

    private static Versions versions(AtomicReferenceArray<ServerView> now) {
        Set<String> versions = new HashSet<>();
        for (int slot = 0; slot < now.length(); slot++) {
            ServerView view = now.get(slot);
            if (view == null) {
                break;
            }
            versions.add(version(view));
        }
        return new Versions(versions);
    }

    private static FleetCursor cursor(FleetQuery query, ServerView last) {
        boolean byVersion = query.sort() == FleetSort.VERSION;
        return new FleetCursor(
                query.sort(),
                query.descending(),
                query.sort().key(last),
                byVersion ? version(last) : "",
                name(last),
                last.state().instanceId(),
                query.page());
    }

    /** The order of names, with every name that is known. */
    private NameOrder order() {
        return outOfOrder ? reorder() : order;
    }

    private NameOrder reorder() {
        synchronized (renamed) {
            order = order.with(renamed);
            renamed.clear();
            outOfOrder = false;
            return order;
        }
    }

    private void rename(int slot, ServerView view) {
        boolean many;
        synchronized (renamed) {
            renamed.add(new Named(slot, name(view), view.state().instanceId()));
            many = renamed.size() >= MANY_NAMES + order.size() / 4;
            outOfOrder = true;
        }
        if (many) {
            reorder();
        }
    }

    private static AtomicReferenceArray<ServerView> twice(AtomicReferenceArray<ServerView> few) {
        AtomicReferenceArray<ServerView> more = new AtomicReferenceArray<>(few.length() * 2);
        for (int slot = 0; slot < few.length(); slot++) {
            more.setPlain(slot, few.get(slot));
        }
        return more;
    }

    private static String name(ServerView view) {
        String name = view.state().name();
        return name == null ? "" : name.toLowerCase(Locale.ROOT);
    }

    private static String version(ServerView view) {
        String version = view.state().version();
        return version == null ? "" : version;
    }

    /** Counts by status, of those that were put away or of the others. */
    private static final class Counts {
        private static final Status[] STATUSES = Status.values();

        private final int[] counts = new int[STATUSES.length];
        private final boolean archived;

        Counts(boolean archived) {
            this.archived = archived;
        }

        /** Whether the server is one of these. */
        boolean add(ServerView view) {
            if (view.archived() != archived) {
                return false;
            }
            counts[view.status().ordinal()]++;
            return true;
        }

        Map<Status, Integer> byStatus() {
            Map<Status, Integer> byStatus = new EnumMap<>(Status.class);
            for (Status status : STATUSES) {
                byStatus.put(status, counts[status.ordinal()]);
            }
            return byStatus;
        }
    }
}
