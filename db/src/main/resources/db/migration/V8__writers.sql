-- Who stores beats: one row a writer thread of a process, locked in each of its transactions. A server is written by the one
-- writer that claimed it, which can therefore trust what it remembers of it. Who takes a server over counts up the former
-- writer's `taken`, under that lock, so that it notices in its next transaction.
CREATE TABLE writers (
    id         integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    started_at timestamptz NOT NULL DEFAULT now(),
    taken      bigint NOT NULL DEFAULT 0
);

ALTER TABLE servers ADD COLUMN writer integer NOT NULL DEFAULT 0;             -- 0: nobody yet
ALTER TABLE servers SET (fillfactor = 80);

-- The state of a server is stored when more than its gauges changed, else every few minutes.
ALTER TABLE server_states DROP COLUMN revision;

-- The newest state: as stored, with the gauges of the newest beat.
CREATE VIEW current_states WITH (security_invoker = true) AS
SELECT states.server_id, states.org_id, greatest(states.last_seen, newest.received_at) AS last_seen,
       coalesce(newest.ts, states.ts) AS ts, states.snapshot_hash, states.status, states.pid,
       CASE WHEN newest.ts IS NULL THEN states.uptime_s ELSE newest.uptime_s END AS uptime_s,
       CASE WHEN newest.ts IS NULL THEN states.memory_mb ELSE newest.memory_mb END AS memory_mb,
       CASE WHEN newest.ts IS NULL THEN states.peak_memory_mb ELSE newest.peak_memory_mb END AS peak_memory_mb,
       CASE WHEN newest.ts IS NULL THEN states.cpu_centi_percent ELSE newest.cpu_centi_percent END AS cpu_centi_percent,
       CASE WHEN newest.ts IS NULL THEN states.routes_healthy ELSE newest.routes_healthy END AS routes_healthy,
       CASE WHEN newest.ts IS NULL THEN states.routes_unhealthy ELSE newest.routes_unhealthy END AS routes_unhealthy,
       CASE WHEN newest.ts IS NULL THEN states.slowest_us ELSE newest.slowest_us END AS slowest_us,
       states.flags, states.name, states.version, states.port, states.routes_total, states.slowest_path,
       states.repairs_total, states.repairs_succeeded, states.repairs_failed, states.repair_cost_micros, states.tokens,
       states.calls, states.cost_micros, states.cache_savings_micros, states.memories, states.backups, states.instances
FROM server_states AS states
LEFT JOIN LATERAL (
    SELECT h.ts, h.received_at, h.uptime_s, h.memory_mb, h.peak_memory_mb, h.cpu_centi_percent, h.routes_healthy,
           h.routes_unhealthy, h.slowest_us
    FROM heartbeats AS h
    WHERE h.server_id = states.server_id AND h.ts > states.ts
    ORDER BY h.ts DESC
    LIMIT 1
) AS newest ON true;

GRANT SELECT, INSERT, UPDATE ON writers TO wolverine_writer;
GRANT SELECT ON current_states TO wolverine_writer, wolverine_reader;

-- A snapshot is stored whole, or as what it says other than another one of its server and day, which is whole.
ALTER TABLE snapshots ADD COLUMN base bigint;                                 -- hash of the other; null: content is whole
GRANT UPDATE ON snapshots TO wolverine_writer;
