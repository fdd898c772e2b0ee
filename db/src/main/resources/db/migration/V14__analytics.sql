-- Usage of whole organisations, budgets, and what Grafana may see.

-- Which quarters of which organisations a commit changed the usage of, as pairs: what the fleet's usage is computed anew for.
ALTER TABLE commits
    ADD COLUMN usage_orgs    uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN usage_buckets timestamptz[] NOT NULL DEFAULT '{}';

-- The sum of usage_facts over an organisation's servers: small, whatever the number of servers, and kept for years. By quarter of an
-- hour, with which the days of every time zone begin. Computed by a job behind the write path, never by a writer.
CREATE TABLE fleet_usage (
    org_id                uuid NOT NULL,
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
    estimated_cost_micros bigint NOT NULL,                -- of servers for which some of it was spread over a silence
    series_id             integer NOT NULL,
    servers               integer NOT NULL,               -- that used any of it
    dimension             smallint NOT NULL,              -- of the series
    PRIMARY KEY (org_id, dimension, bucket, series_id)
);

-- What is to be computed anew. A row goes in the transaction that computes it.
CREATE TABLE fleet_usage_stale (
    org_id uuid NOT NULL,
    bucket timestamptz NOT NULL,
    PRIMARY KEY (org_id, bucket)
);

-- How far the job is.
CREATE TABLE fleet_usage_progress (
    single         boolean PRIMARY KEY DEFAULT true CHECK (single),
    commits_cursor xid8 NOT NULL,                         -- transactions from here on are still to be looked at
    followed_at    timestamptz NOT NULL,                  -- when the cursor was last at the end
    next_server    integer                                -- all usage of servers from here on is still to be marked; null: none
);

CREATE TABLE budgets (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id       uuid NOT NULL REFERENCES organisations,
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    scope        text NOT NULL CHECK (scope IN ('organisation', 'tag', 'server', 'model', 'provider', 'category')),
    selector     text NOT NULL,                           -- the tag, instance id or name; empty for the organisation
    period       text NOT NULL CHECK (period IN ('hour', 'day', 'week', 'month')),
    zone         text NOT NULL,                           -- as Europe/Berlin: in which its periods begin
    limit_micros bigint NOT NULL CHECK (limit_micros >= 0),
    thresholds   smallint[] NOT NULL,                     -- percent of the limit
    forecast     boolean NOT NULL,                        -- whether to tell that the limit will be exceeded
    created_at   timestamptz NOT NULL,
    created_by   text NOT NULL,
    UNIQUE (org_id, name)
);

-- Each threshold of a budget at most once a period, however often it is looked at.
CREATE TABLE budget_crossings (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id           uuid NOT NULL REFERENCES organisations,
    budget_id        uuid NOT NULL REFERENCES budgets ON DELETE CASCADE,
    period_start     timestamptz NOT NULL,
    kind             text NOT NULL CHECK (kind IN ('spent', 'forecast')),
    threshold        smallint NOT NULL,                   -- percent
    crossed_at       timestamptz NOT NULL,
    spent_micros     bigint NOT NULL,
    limit_micros     bigint NOT NULL,
    projected_micros bigint NOT NULL,                     -- at the end of the period
    UNIQUE (budget_id, period_start, kind, threshold)
);
CREATE INDEX budget_crossings_org ON budget_crossings (org_id, id);

-- Hours in which an organisation spent far more than in the same hours of the weeks before.
CREATE TABLE cost_anomalies (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id          uuid NOT NULL REFERENCES organisations,
    hour            timestamptz NOT NULL,
    cost_micros     bigint NOT NULL,
    expected_micros bigint NOT NULL,                      -- median of the same hour of the week
    z               double precision NOT NULL,            -- robust
    servers         text[] NOT NULL,                      -- the three that spent most in this hour
    server_micros   bigint[] NOT NULL,                    -- what they spent
    detected_at     timestamptz NOT NULL,
    UNIQUE (org_id, hour)
);

DO $$
DECLARE
    scoped text;
BEGIN
    FOREACH scoped IN ARRAY ARRAY['fleet_usage', 'fleet_usage_stale', 'budgets', 'budget_crossings', 'cost_anomalies'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scoped);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', scoped);
        EXECUTE format('CREATE POLICY own_organisation ON %I TO wolverine_reader
                        USING (org_id = nullif(current_setting(''app.org_id'', true), '''')::uuid)', scoped);
        EXECUTE format('CREATE POLICY every_organisation ON %I TO wolverine_writer USING (true) WITH CHECK (true)', scoped);
    END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON fleet_usage, fleet_usage_stale, fleet_usage_progress, budgets TO wolverine_writer;
GRANT SELECT, INSERT ON budget_crossings, cost_anomalies TO wolverine_writer;
GRANT SELECT ON fleet_usage, fleet_usage_progress, budgets, budget_crossings, cost_anomalies TO wolverine_reader;

-- What Grafana sees: views, of the one organisation that its login is registered for. A login cannot change that by a setting.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wolverine_grafana') THEN
        CREATE ROLE wolverine_grafana NOLOGIN;
    END IF;
END
$$;

CREATE SCHEMA grafana;

CREATE TABLE grafana.logins (
    login  name PRIMARY KEY,
    org_id uuid NOT NULL REFERENCES organisations
);

CREATE FUNCTION grafana.organisation() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS 'SELECT org_id FROM grafana.logins WHERE login = session_user';

CREATE VIEW grafana.usage WITH (security_barrier = true) AS
SELECT u.bucket AS time,
       (ARRAY['total', 'model', 'category', 'tool', 'provider', 'model_category', 'repairs'])[u.dimension + 1] AS dimension,
       s.key, s.category, u.servers, u.calls, u.tokens, u.input_tokens, u.output_tokens, u.cache_creation_tokens,
       u.cache_read_tokens, u.cost_micros, u.cost_micros / 1e6 AS cost, u.cache_savings_micros / 1e6 AS cache_savings,
       u.estimated_cost_micros / 1e6 AS estimated_cost, u.successes, u.failures
FROM public.fleet_usage AS u JOIN public.usage_series AS s ON s.id = u.series_id
WHERE u.org_id = (SELECT grafana.organisation());

CREATE VIEW grafana.servers WITH (security_barrier = true) AS
SELECT s.instance_id, c.name, c.version, s.first_seen, c.last_seen,
       (ARRAY['unknown', 'healthy', 'degraded', 'down'])[c.status + 1] AS reported_status,
       c.memory_mb, c.cpu_centi_percent / 100.0 AS cpu_percent, c.slowest_us / 1000.0 AS slowest_route_avg_ms
FROM public.servers AS s JOIN public.server_states AS c ON c.server_id = s.id
WHERE s.org_id = (SELECT grafana.organisation());

CREATE VIEW grafana.uptime WITH (security_barrier = true) AS
SELECT u.hour AS time, s.instance_id, u.alive_ms, u.late_ms, u.serving_ms, u.beats
FROM public.uptime_hourly AS u JOIN public.servers AS s ON s.id = u.server_id
WHERE s.org_id = (SELECT grafana.organisation());

CREATE VIEW grafana.restarts WITH (security_barrier = true) AS
SELECT r.ts AS time, s.instance_id, r.lifetime_s, r.cause
FROM public.restarts AS r JOIN public.servers AS s ON s.id = r.server_id
WHERE s.org_id = (SELECT grafana.organisation());

CREATE VIEW grafana.budgets WITH (security_barrier = true) AS
SELECT b.name, b.scope, b.selector, b.period, b.limit_micros / 1e6 AS "limit", c.period_start, c.kind, c.threshold,
       c.crossed_at AS time, c.spent_micros / 1e6 AS spent, c.projected_micros / 1e6 AS projected
FROM public.budgets AS b LEFT JOIN public.budget_crossings AS c ON c.budget_id = b.id
WHERE b.org_id = (SELECT grafana.organisation());

GRANT USAGE ON SCHEMA grafana TO wolverine_grafana;
GRANT SELECT ON grafana.usage, grafana.servers, grafana.uptime, grafana.restarts, grafana.budgets TO wolverine_grafana;
REVOKE EXECUTE ON FUNCTION grafana.organisation() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grafana.organisation() TO wolverine_grafana;
