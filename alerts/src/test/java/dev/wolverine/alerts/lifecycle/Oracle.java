package dev.wolverine.alerts.lifecycle;

import dev.wolverine.alerts.rule.Condition;
import dev.wolverine.alerts.rule.Policy;
import java.util.ArrayList;
import java.util.List;

/**
 * When one subject fires and is resolved, said of its whole history at once: at each evaluation it
 * looks back over all of them, and remembers nothing but when it last fired or was resolved.
 */
final class Oracle {

    /** One evaluation that was stored. */
    record Seen(long ran, Condition condition) {}

    /** From firing to being resolved; {@code until} is -1 if it still fires. */
    record Firing(long from, long until) {}

    private Oracle() {}

    static List<Firing> firings(List<Seen> history, Policy policy) {
        List<Firing> firings = new ArrayList<>();
        int begin = 0;
        while (begin < history.size()) {
            int fired = firstFiring(history, begin, policy);
            if (fired < 0) {
                return firings;
            }
            int resolved = firstResolved(history, fired, policy);
            firings.add(
                    new Firing(
                            history.get(fired).ran(),
                            resolved < 0 ? -1 : history.get(resolved).ran()));
            if (resolved < 0) {
                return firings;
            }
            begin = resolved + 1;
        }
        return firings;
    }

    /** The first evaluation that is true at the end of enough time without a false one. */
    private static int firstFiring(List<Seen> history, int begin, Policy policy) {
        for (int at = begin; at < history.size(); at++) {
            if (history.get(at).condition() != Condition.TRUE) {
                continue;
            }
            int since = at;
            for (int back = at;
                    back >= begin && history.get(back).condition() != Condition.FALSE;
                    back--) {
                if (history.get(back).condition() == Condition.TRUE) {
                    since = back;
                }
            }
            if (watched(history, since, at) >= policy.hold().toMillis()) {
                return at;
            }
        }
        return -1;
    }

    /** The first evaluation that is false at the end of enough time without a true one. */
    private static int firstResolved(List<Seen> history, int fired, Policy policy) {
        for (int at = fired + 1; at < history.size(); at++) {
            if (history.get(at).condition() != Condition.FALSE) {
                continue;
            }
            int since = at;
            for (int back = at;
                    back > fired && history.get(back).condition() != Condition.TRUE;
                    back--) {
                if (history.get(back).condition() == Condition.FALSE) {
                    since = back;
                }
            }
            if (watched(history, since, at) >= policy.keepFiring().toMillis()) {
                return at;
            }
        }
        return -1;
    }

    /** Time between two evaluations, without what follows one at which nobody could tell. */
    private static long watched(List<Seen> history, int from, int to) {
        long watched = 0;
        for (int i = from; i < to; i++) {
            if (history.get(i).condition() != Condition.NO_DATA) {
                watched += history.get(i + 1).ran() - history.get(i).ran();
            }
        }
        return watched;
    }
}
