package dev.wolverine.web.live;

import dev.wolverine.db.model.ReportedStatus;
import dev.wolverine.db.model.ServerMarks;
import dev.wolverine.db.model.ServerState;
import dev.wolverine.query.ClockSkew;
import dev.wolverine.query.FleetChange;
import dev.wolverine.query.Rhythm;
import dev.wolverine.query.ServerView;
import dev.wolverine.query.Status;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Servers that differ in as little as a test needs. */
final class Servers {

    static final UUID ORGANISATION = UUID.fromString("00000000-0000-0000-0000-000000000001");
    private static final Instant TIME = Instant.parse("2026-11-21T12:00:00Z");

    private Servers() {}

    static ServerView server(String id, int memoryMb) {
        return server(id, memoryMb, "shop");
    }

    static ServerView server(String id, int memoryMb, String name) {
        ServerState state =
                new ServerState(
                        1,
                        ORGANISATION,
                        id,
                        TIME,
                        TIME,
                        TIME,
                        ReportedStatus.HEALTHY,
                        1,
                        1,
                        memoryMb,
                        1,
                        -1,
                        1,
                        0,
                        1,
                        0,
                        0,
                        name,
                        null,
                        1,
                        1,
                        null,
                        1,
                        1,
                        0,
                        0,
                        1,
                        1,
                        1,
                        1,
                        -1,
                        -1,
                        1);
        return new ServerView(
                state,
                Status.HEALTHY,
                TIME,
                "beating",
                ClockSkew.of(state),
                Rhythm.STOCK,
                ServerMarks.NONE);
    }

    static FleetChange change(long sequence, ServerView... servers) {
        return new FleetChange(ORGANISATION, sequence, true, List.of(servers));
    }
}
