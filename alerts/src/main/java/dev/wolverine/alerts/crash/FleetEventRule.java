package dev.wolverine.alerts.crash;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds restarts that many servers of a group make together: one event of the fleet, a deploy or
 * the loss of something that all need, and not a loop of each. Pure and immutable.
 *
 * @param withinSeconds that they happen in
 * @param leastShare of the group's servers
 * @param leastServers however small the group is
 */
public record FleetEventRule(int withinSeconds, double leastShare, int leastServers) {

    /**
     * @param group a tag or a version
     */
    public record Restart(String server, String group, long second) {}

    /** Servers that restarted together; from its first restart to its last. */
    public record FleetEvent(String group, long fromSecond, long toSecond, Set<String> servers) {}

    public static FleetEventRule standard() {
        return new FleetEventRule(120, 0.3, 3);
    }

    /**
     * Events in the order of their groups' names and their time.
     *
     * @param groupSizes servers of each group; groups that it does not name have no events
     */
    public List<FleetEvent> find(List<Restart> restarts, Map<String, Integer> groupSizes) {
        Map<String, List<Restart>> byGroup = new TreeMap<>();
        for (Restart restart : restarts) {
            byGroup.computeIfAbsent(restart.group(), _ -> new ArrayList<>()).add(restart);
        }
        List<FleetEvent> events = new ArrayList<>();
        byGroup.forEach((group, members) -> {
            int size = groupSizes.getOrDefault(group, 0);
            if (size > 0) {
                int least = Math.max(leastServers, (int) Math.ceil(leastShare * size));
                members.sort(
                        Comparator.comparingLong(Restart::second).thenComparing(Restart::server));
                collect(group, members, least, events);
            }
        });
        return List.copyOf(events);
    }

    private void collect(String group, List<Restart> restarts, int least, List<FleetEvent> events) {
        boolean[] member = new boolean[restarts.size()];
        Map<String, Integer> inWindow = new HashMap<>();
        int from = 0;
        for (int to = 0; to < restarts.size(); to++) {
            inWindow.merge(restarts.get(to).server(), 1, Integer::sum);
            while (restarts.get(to).second() - restarts.get(from).second() > withinSeconds) {
                inWindow.computeIfPresent(
                        restarts.get(from).server(), (_, count) -> count == 1 ? null : count - 1);
                from++;
            }
            if (inWindow.size() >= least) {
                Arrays.fill(member, from, to + 1, true);
            }
        }
        int i = 0;
        while (i < member.length) {
            if (!member[i]) {
                i++;
                continue;
            }
            int begin = i;
            Set<String> servers = new HashSet<>();
            while (i < member.length && member[i]) {
                servers.add(restarts.get(i).server());
                i++;
            }
            events.add(
                    new FleetEvent(
                            group,
                            restarts.get(begin).second(),
                            restarts.get(i - 1).second(),
                            Set.copyOf(servers)));
        }
    }
}
