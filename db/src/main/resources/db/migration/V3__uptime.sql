-- Uptime by the hour, derived from stored beats by a job behind the write path. The definition is uptime_slice, and only
-- uptime_slice: the job keeps its answers for hours that are over, readers ask it for the rest.

-- Where the platform's own beat stands: one row, updated every few seconds by every process that takes heartbeats.
CREATE TABLE platform_alive (
    single   boolean PRIMARY KEY DEFAULT true CHECK (single),
    alive_at timestamptz NOT NULL
);
INSERT INTO platform_alive (alive_at) VALUES (date_trunc('milliseconds', now()));

-- Times at which no process took heartbeats, or none could store them. They hold for every organisation, and never overlap.
CREATE TABLE blind_windows (
    began  timestamptz PRIMARY KEY,
    ended  timestamptz NOT NULL CHECK (ended > began),
    reason text NOT NULL CHECK (reason IN ('platform_away')),
    xid    xid8 NOT NULL DEFAULT pg_current_xact_id(),    -- found by the job as commits are
    EXCLUDE USING gist (tstzrange(began, ended) WITH &&)
);
CREATE INDEX blind_windows_xid ON blind_windows (xid);

-- One row a server and UTC hour in which it was alive; an hour without a row was silent, or is not counted yet. Milliseconds,
-- so that sums are exact. No org_id: as with heartbeats, a server is resolved inside its organisation.
CREATE TABLE uptime_hourly (
    hour           timestamptz NOT NULL,
    server_id      integer NOT NULL,
    beats          integer NOT NULL,
    first_beat_ms  integer,                               -- of the first beat in this hour, after the hour began
    alive_ms       integer NOT NULL CHECK (alive_ms BETWEEN 1 AND 3600000),
    late_ms        integer NOT NULL,                      -- part of alive_ms: told only afterwards
    serving_ms     integer NOT NULL,                      -- part of alive_ms: not down, no route unhealthy
    alive_blind_ms integer NOT NULL,                      -- part of alive_ms: within blind windows
    PRIMARY KEY (server_id, hour)
);

-- How far the job is.
CREATE TABLE uptime_progress (
    single         boolean PRIMARY KEY DEFAULT true CHECK (single),
    commits_cursor xid8 NOT NULL,                         -- transactions from here on are still to be looked at
    followed_at    timestamptz NOT NULL,                  -- when the cursor was last at the end
    next_hour      timestamptz NOT NULL,                  -- the hour to be counted next, from this server on
    next_server    integer NOT NULL,
    counted_until  timestamptz NOT NULL                   -- hours before this were counted at least once
);

-- How long each of these servers was alive between two instants, told from its stored beats; nothing for a server that was
-- not. This is the definition:
--   A beat covers the time until the server's next beat, if that comes within the grace of 150 s (2.5 intervals). If it
--   does not, the beat covers one interval of 60 s, and silence follows. While it is too early to tell (the grace is not
--   over at as_of) it covers the time until as_of.
--   Covered time is alive. It is late if the covering beat came more than the grace after its own time; serving if that beat
--   neither says "down" (status 3) nor counts unhealthy routes.
-- Times are the client's. Beats up to a grace outside of the slice decide about it, none further away can.
-- The setting keeps the planner from compiling what runs for milliseconds; it also keeps the function whole, so that an
-- INSERT from it takes its transaction id only when the counting is done.
CREATE FUNCTION uptime_slice(servers integer[], since timestamptz, until timestamptz, as_of timestamptz)
RETURNS TABLE (server_id integer, beats integer, first_beat timestamptz,
               alive_ms bigint, late_ms bigint, serving_ms bigint, alive_blind_ms bigint)
LANGUAGE sql STABLE SET jit = off
AS $$
    WITH dark AS MATERIALIZED (
        SELECT (date_part('epoch', began - since) * 1000)::bigint AS began,
               (date_part('epoch', ended - since) * 1000)::bigint AS ended
        FROM blind_windows
        WHERE began < until AND ended > since
    ), beat AS (
        SELECT stored.server_id, stored.ts,
               lead(stored.ts) OVER (PARTITION BY stored.server_id ORDER BY stored.ts) AS next_ts,
               stored.received_at - stored.ts > interval '150 seconds' AS late,
               stored.status <> 3 AND coalesce(stored.routes_unhealthy, 0) = 0 AS serving
        FROM unnest(servers) AS wanted (id) JOIN heartbeats AS stored ON stored.server_id = wanted.id
        WHERE stored.ts >= since - interval '150 seconds' AND stored.ts < until + interval '150 seconds'
    ), covered AS (
        SELECT beat.server_id, late, serving,
               CASE WHEN ts >= since AND ts < until THEN ts END AS inside,
               (date_part('epoch', greatest(ts, since) - since) * 1000)::bigint AS began,
               (date_part('epoch', least(until,
                    CASE WHEN next_ts - ts <= interval '150 seconds' THEN next_ts
                         WHEN as_of - ts <= interval '150 seconds' THEN as_of
                         ELSE ts + interval '60 seconds'
                    END) - since) * 1000)::bigint AS ended
        FROM beat
    )
    SELECT covered.server_id, count(inside)::integer, min(inside),
           sum(ended - began)::bigint,
           coalesce(sum(ended - began) FILTER (WHERE late), 0)::bigint,
           coalesce(sum(ended - began) FILTER (WHERE serving), 0)::bigint,
           coalesce(sum((SELECT sum(least(covered.ended, dark.ended) - greatest(covered.began, dark.began))
                         FROM dark
                         WHERE dark.began < covered.ended AND dark.ended > covered.began)), 0)::bigint
    FROM covered
    WHERE ended > began
    GROUP BY covered.server_id
$$;

GRANT SELECT, UPDATE ON platform_alive TO wolverine_writer;
GRANT SELECT, INSERT ON blind_windows TO wolverine_writer;
GRANT SELECT, INSERT, UPDATE ON uptime_hourly, uptime_progress TO wolverine_writer;
GRANT SELECT ON blind_windows, uptime_hourly, uptime_progress TO wolverine_reader;
