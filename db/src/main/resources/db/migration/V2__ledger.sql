-- What follows from the beats of a server, written in the transaction that stores them: dev.wolverine.db.ledger says how.

-- revision: counts transactions that changed the server's beats, so that a writer notices what another one wrote.
-- instances: how many runners beat beside each other under this id.
ALTER TABLE server_states
    ADD COLUMN revision  bigint NOT NULL DEFAULT 0,
    ADD COLUMN instances smallint NOT NULL DEFAULT 1;

-- Servers whose past is another since the commit, and from when on: a new beat is older than one that was there, or came late.
ALTER TABLE commits
    ADD COLUMN late_servers integer[] NOT NULL DEFAULT '{}',
    ADD COLUMN late_from    timestamptz[] NOT NULL DEFAULT '{}';

-- Dictionary of what usage is broken down by. Capped for each organisation and dimension: what comes beyond is '__other__'.
CREATE TABLE usage_series (
    id        integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    org_id    uuid NOT NULL,
    dimension smallint NOT NULL,                          -- 0 total, 1 model, 2 category, 3 tool, 4 provider, 5 model x category, 6 repairs
    key       text NOT NULL,
    category  text NOT NULL,
    UNIQUE (org_id, dimension, key, category)
);

-- Increases of counters by quarter of an hour: days of all time zones begin with one. Only where something was used.
CREATE TABLE usage_facts (
    bucket                timestamptz NOT NULL,
    input_tokens          bigint NOT NULL,
    output_tokens         bigint NOT NULL,
    tokens                bigint NOT NULL,
    calls                 bigint NOT NULL,
    cost_micros           bigint NOT NULL,
    cache_creation_tokens bigint NOT NULL,
    cache_read_tokens     bigint NOT NULL,
    cache_savings_micros  bigint NOT NULL,
    successes             bigint NOT NULL,
    failures              bigint NOT NULL,
    server_id             integer NOT NULL,
    series_id             integer NOT NULL,
    estimated             integer NOT NULL,               -- parts that were spread over a silence
    PRIMARY KEY (server_id, bucket, series_id)
) PARTITION BY RANGE (bucket);

-- Counters that did not just grow.
CREATE TABLE usage_adjustments (
    ts                 timestamptz NOT NULL,
    tokens_before      bigint NOT NULL,
    tokens_after       bigint NOT NULL,
    cost_micros_before bigint NOT NULL,
    cost_micros_after  bigint NOT NULL,
    server_id          integer NOT NULL,
    series             integer NOT NULL,
    kind               smallint NOT NULL,                 -- 1 re-baseline: nothing booked, 2 reset: booked anew, 3 implausible: booked
    examples           text[] NOT NULL,
    PRIMARY KEY (server_id, ts, kind)
) PARTITION BY RANGE (ts);

CREATE TABLE repairs (
    ts               timestamptz NOT NULL,
    repairs          bigint NOT NULL,
    successes        bigint NOT NULL,
    failures         bigint NOT NULL,
    tokens           bigint NOT NULL,
    cost_micros      bigint NOT NULL,
    last_tokens      bigint,
    last_cost_micros bigint,
    last_at          timestamptz,
    last_milli       bigint,                              -- duration, thousandths of a millisecond
    server_id        integer NOT NULL,
    last_success     boolean,
    last_error       text,
    last_resolution  text,
    last_mode        text,
    last_model       text,
    PRIMARY KEY (server_id, ts)
) PARTITION BY RANGE (ts);

CREATE TABLE restarts (
    ts               timestamptz NOT NULL,                -- first beat of the new process
    lifetime_s       bigint NOT NULL,
    server_id        integer NOT NULL,
    memory_before_mb integer,
    process          smallint NOT NULL,                   -- 1 runner, 2 its child
    cause            text NOT NULL,
    PRIMARY KEY (server_id, ts, process)
) PARTITION BY RANGE (ts);

CREATE TABLE status_log (
    ts        timestamptz NOT NULL,
    server_id integer NOT NULL,
    status    smallint NOT NULL,                          -- 1 healthy, 2 degraded, 3 down, 4 unreachable
    reason    text NOT NULL,
    PRIMARY KEY (server_id, ts)
) PARTITION BY RANGE (ts);

-- What a server's next beat is compared with: as of some minutes ago, the beats since are read again.
CREATE TABLE server_ledgers (
    server_id integer PRIMARY KEY REFERENCES servers,
    through   timestamptz NOT NULL,                       -- the latest beat it covers
    state     bytea NOT NULL
) WITH (fillfactor = 50);

-- The same before the first beat of each day: where a late beat is begun from. Dropped with the day.
CREATE TABLE ledger_days (
    day       date NOT NULL,
    server_id integer NOT NULL,
    state     bytea NOT NULL,
    PRIMARY KEY (server_id, day)
) PARTITION BY RANGE (day);

ALTER TABLE usage_series ENABLE ROW LEVEL SECURITY;
ALTER TABLE usage_series FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON usage_series TO wolverine_reader
    USING (org_id = nullif(current_setting('app.org_id', true), '')::uuid);
CREATE POLICY every_organisation ON usage_series TO wolverine_writer USING (true) WITH CHECK (true);

-- Hourly rollup: (server, UTC hour, dimension, key). Readers see their own organisation, by the series.
CREATE VIEW usage_hourly WITH (security_invoker = true) AS
SELECT server_id, date_bin('1 hour', bucket, 'epoch'::timestamptz) AS hour, dimension, key, category,
       sum(input_tokens)::bigint AS input_tokens, sum(output_tokens)::bigint AS output_tokens, sum(tokens)::bigint AS tokens,
       sum(calls)::bigint AS calls, sum(cost_micros)::bigint AS cost_micros,
       sum(cache_creation_tokens)::bigint AS cache_creation_tokens, sum(cache_read_tokens)::bigint AS cache_read_tokens,
       sum(cache_savings_micros)::bigint AS cache_savings_micros, sum(successes)::bigint AS successes,
       sum(failures)::bigint AS failures, sum(estimated) > 0 AS estimated
FROM usage_facts JOIN usage_series ON usage_series.id = series_id
GROUP BY server_id, hour, dimension, key, category;

GRANT SELECT, INSERT ON usage_series TO wolverine_writer;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON usage_facts, usage_adjustments, repairs, restarts, status_log, server_ledgers, ledger_days TO wolverine_writer;
GRANT SELECT ON usage_hourly TO wolverine_writer;
GRANT SELECT ON usage_series, usage_facts, usage_adjustments, repairs, restarts, status_log, usage_hourly TO wolverine_reader;
