package dev.wolverine.query;

import dev.wolverine.db.model.Heartbeat;
import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.ServerState;
import java.time.Instant;
import java.util.UUID;

/** Server states to judge and to list. */
final class States {

    static final UUID ORGANISATION = new UUID(1, 1);

    private static final int ABSENT = Heartbeat.ABSENT;

    private States() {}

    static ServerState seen(Instant lastSeen) {
        return state(1, "api", lastSeen, ReportedStatus.HEALTHY, 100, ABSENT, ABSENT);
    }

    static ServerState reporting(Instant lastSeen, ReportedStatus status) {
        return state(1, "api", lastSeen, status, 100, ABSENT, ABSENT);
    }

    static ServerState routes(Instant lastSeen, int total, int unhealthy) {
        return state(1, "api", lastSeen, ReportedStatus.HEALTHY, 100, total, unhealthy);
    }

    static ServerState named(int id, String name, Instant lastSeen, int memoryMb) {
        return state(id, name, lastSeen, ReportedStatus.HEALTHY, memoryMb, ABSENT, ABSENT);
    }

    static ServerState beat(Instant timestamp, Instant lastSeen) {
        return state(1, "api", timestamp, lastSeen, ReportedStatus.HEALTHY, 100, ABSENT, ABSENT);
    }

    private static ServerState state(
            int id,
            String name,
            Instant lastSeen,
            ReportedStatus status,
            int memoryMb,
            int routes,
            int unhealthy) {
        return state(id, name, lastSeen, lastSeen, status, memoryMb, routes, unhealthy);
    }

    private static ServerState state(
            int id,
            String name,
            Instant timestamp,
            Instant lastSeen,
            ReportedStatus status,
            int memoryMb,
            int routes,
            int unhealthy) {
        return new ServerState(
                id,
                ORGANISATION,
                "wlv_" + id,
                lastSeen,
                lastSeen,
                timestamp,
                status,
                ABSENT,
                60,
                memoryMb,
                ABSENT,
                ABSENT,
                ABSENT,
                unhealthy,
                ABSENT,
                0,
                0,
                name,
                "5.2.9",
                ABSENT,
                routes,
                null,
                ABSENT,
                ABSENT,
                ABSENT,
                ABSENT,
                ABSENT,
                ABSENT,
                ABSENT,
                ABSENT,
                ABSENT,
                ABSENT,
                1);
    }
}
