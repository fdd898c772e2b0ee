package dev.wolverine.query.analytics;

import dev.wolverine.db.reader.UsageAmounts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What each server, and each version, used and did in a period. */
public record ServerFigures(Period period, List<Server> servers, List<Version> versions) {

    public ServerFigures {
        servers = List.copyOf(servers);
        versions = List.copyOf(versions);
    }

    /**
     * One server.
     *
     * @param repairs of which the calls are repairs
     */
    public record Server(
            String instanceId,
            @Nullable String name,
            @Nullable String version,
            UsageAmounts total,
            UsageAmounts repairs,
            int restarts) {}

    /** All servers that have a version now. */
    public record Version(
            @Nullable String version,
            int servers,
            UsageAmounts total,
            UsageAmounts repairs,
            int restarts) {}
}
