-- Runs as the owner of the database. Three group roles keep apart who may do what:
--   the owner           tables, partitions and migrations
--   wolverine_writer    heartbeats in: many organisations in one transaction; looks credentials up
--   wolverine_reader    questions of one organisation: row security needs app.org_id, and shows nothing without it
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wolverine_writer') THEN
        CREATE ROLE wolverine_writer NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wolverine_reader') THEN
        CREATE ROLE wolverine_reader NOLOGIN;
    END IF;
    EXECUTE format('GRANT wolverine_writer, wolverine_reader TO %I', current_user);
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO wolverine_writer', current_database());
END
$$;

CREATE TABLE organisations (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE users (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email         text NOT NULL CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
    password_hash text NOT NULL,                          -- Argon2id, PHC string
    created_at    timestamptz NOT NULL DEFAULT now(),
    disabled_at   timestamptz
);
CREATE UNIQUE INDEX users_email ON users (email);

CREATE TABLE memberships (
    org_id  uuid NOT NULL REFERENCES organisations,
    user_id uuid NOT NULL REFERENCES users,
    role    text NOT NULL CHECK (role IN ('owner', 'admin', 'operator', 'viewer', 'auditor')),
    PRIMARY KEY (org_id, user_id)
);

CREATE TABLE sessions (
    token_hash   bytea PRIMARY KEY,                       -- SHA-256 of the cookie's value
    org_id       uuid NOT NULL REFERENCES organisations,
    user_id      uuid NOT NULL REFERENCES users,
    csrf_token   text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE keys (
    id           text PRIMARY KEY CHECK (id ~ '^[0-9A-Za-z]{10}$'),
    org_id       uuid NOT NULL REFERENCES organisations,
    kind         text NOT NULL CHECK (kind IN ('i', 'o', 'e', 'u')),
    role         text NOT NULL CHECK (role IN ('owner', 'admin', 'operator', 'viewer', 'auditor', 'ingest')),
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    instance_id  text,                                    -- null: any instance of the organisation
    secret_hash  bytea NOT NULL,                          -- SHA-256
    last_four    text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    created_by   text NOT NULL,
    last_used_at timestamptz,
    expires_at   timestamptz,
    revoked_at   timestamptz
);
CREATE INDEX keys_org ON keys (org_id, created_at);

CREATE TABLE servers (
    id          integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    org_id      uuid NOT NULL REFERENCES organisations,
    instance_id text NOT NULL CHECK (length(instance_id) BETWEEN 1 AND 128),
    first_seen  timestamptz NOT NULL,
    UNIQUE (org_id, instance_id)
);

-- The latest beat of each server. Updated in place: no index but the key, room on every page.
CREATE TABLE server_states (
    server_id            integer PRIMARY KEY REFERENCES servers,
    org_id               uuid NOT NULL,
    last_seen            timestamptz NOT NULL,
    ts                   timestamptz NOT NULL,
    snapshot_hash        bigint NOT NULL,
    status               smallint NOT NULL,
    pid                  integer,
    uptime_s             integer,
    memory_mb            integer,
    peak_memory_mb       integer,
    cpu_centi_percent    integer,
    routes_healthy       integer,
    routes_unhealthy     integer,
    slowest_us           integer,
    flags                integer NOT NULL,
    name                 text,
    version              text,
    port                 integer,
    routes_total         integer,
    slowest_path         text,
    repairs_total        bigint,
    repairs_succeeded    bigint,
    repairs_failed       bigint,
    repair_cost_micros   bigint,
    tokens               bigint,
    calls                bigint,
    cost_micros          bigint,
    cache_savings_micros bigint,
    memories             bigint,
    backups              bigint
) WITH (fillfactor = 50);

-- One narrow row a beat: only what differs from beat to beat of an idle instance. The rest is in its snapshot.
-- No org_id: a server belongs to one organisation, and is resolved inside it. Eight-byte columns come first.
CREATE TABLE heartbeats (
    ts                timestamptz NOT NULL,               -- the client's clock, milliseconds
    received_at       timestamptz NOT NULL,               -- ours
    snapshot_hash     bigint NOT NULL,
    server_id         integer NOT NULL,
    pid               integer,
    uptime_s          integer,
    memory_mb         integer,
    peak_memory_mb    integer,
    cpu_centi_percent integer,
    routes_healthy    integer,
    routes_unhealthy  integer,
    slowest_us        integer,
    flags             integer NOT NULL,
    status            smallint NOT NULL,
    PRIMARY KEY (server_id, ts)
) PARTITION BY RANGE (ts);

-- What a server's snapshot_hash of a UTC day stands for; written when a day first uses it, dropped with the day.
CREATE TABLE snapshots (
    day       date NOT NULL,
    server_id integer NOT NULL,
    hash      bigint NOT NULL,
    content   bytea NOT NULL,
    PRIMARY KEY (server_id, day, hash)
) PARTITION BY RANGE (day);

CREATE TABLE heartbeat_quarantine (
    id           bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    org_id       uuid NOT NULL,
    instance_id  text NOT NULL,
    received_at  timestamptz NOT NULL,
    reason       text NOT NULL,
    detail       text NOT NULL,
    content_type text NOT NULL,
    body_hash    bytea NOT NULL,                          -- SHA-256: a client that repeats itself is kept once
    body         bytea NOT NULL,
    UNIQUE (org_id, instance_id, reason, body_hash)
);
CREATE INDEX heartbeat_quarantine_org ON heartbeat_quarantine (org_id, received_at);

-- One row a group commit: what every consumer behind the write path follows, each with a cursor of its own. A row may be
-- read once its transaction is below pg_snapshot_xmin(pg_current_snapshot()): nothing can then appear before it.
CREATE TABLE commits (
    xid           xid8 PRIMARY KEY DEFAULT pg_current_xact_id(),
    committed_at  timestamptz NOT NULL DEFAULT now(),
    server_ids    integer[] NOT NULL,
    first_ts      timestamptz NOT NULL,
    heartbeats    integer NOT NULL
);

ALTER TABLE server_states ENABLE ROW LEVEL SECURITY;
ALTER TABLE server_states FORCE ROW LEVEL SECURITY;
ALTER TABLE servers ENABLE ROW LEVEL SECURITY;
ALTER TABLE servers FORCE ROW LEVEL SECURITY;
ALTER TABLE keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE keys FORCE ROW LEVEL SECURITY;
ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE memberships FORCE ROW LEVEL SECURITY;
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
ALTER TABLE heartbeat_quarantine ENABLE ROW LEVEL SECURITY;
ALTER TABLE heartbeat_quarantine FORCE ROW LEVEL SECURITY;

DO $$
DECLARE
    scoped text;
BEGIN
    FOREACH scoped IN ARRAY ARRAY['servers', 'server_states', 'keys', 'memberships', 'sessions', 'heartbeat_quarantine'] LOOP
        EXECUTE format('CREATE POLICY own_organisation ON %I TO wolverine_reader
                        USING (org_id = nullif(current_setting(''app.org_id'', true), '''')::uuid)', scoped);
        EXECUTE format('CREATE POLICY every_organisation ON %I TO wolverine_writer USING (true) WITH CHECK (true)', scoped);
    END LOOP;
END
$$;

GRANT SELECT, INSERT ON organisations, users, memberships TO wolverine_writer;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO wolverine_writer;
GRANT SELECT, INSERT, UPDATE ON keys TO wolverine_writer;
GRANT SELECT, INSERT, UPDATE ON servers, server_states TO wolverine_writer;
GRANT SELECT, INSERT, UPDATE ON heartbeats TO wolverine_writer;
GRANT SELECT, INSERT ON snapshots, heartbeat_quarantine, commits TO wolverine_writer;
GRANT DELETE ON commits, heartbeat_quarantine TO wolverine_writer;

GRANT SELECT ON organisations, servers, server_states, heartbeats, snapshots, heartbeat_quarantine, commits TO wolverine_reader;
