-- What is judged, what was found, and who is not to be told. Times named *_ran are milliseconds that the platform has judged
-- for, ever: they stand still while it is away, and no clock that jumps moves them.

CREATE TABLE alert_rules (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id       uuid NOT NULL REFERENCES organisations,
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    kind         text NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),
    version      integer NOT NULL DEFAULT 1,
    enabled      boolean NOT NULL DEFAULT true,
    content      jsonb NOT NULL,                          -- parameters, selector, durations and words
    updated_at   timestamptz NOT NULL,
    updated_by   text NOT NULL,
    deleted_at   timestamptz
);
CREATE UNIQUE INDEX alert_rules_name ON alert_rules (org_id, name) WHERE deleted_at IS NULL;

CREATE TABLE alert_rule_versions (
    rule_id    bigint NOT NULL REFERENCES alert_rules,
    version    integer NOT NULL,
    org_id     uuid NOT NULL REFERENCES organisations,
    name       text NOT NULL,
    kind       text NOT NULL,
    enabled    boolean NOT NULL,
    content    jsonb NOT NULL,
    at         timestamptz NOT NULL,
    by         text NOT NULL,
    PRIMARY KEY (rule_id, version)
);

CREATE TABLE alerts (
    id              uuid PRIMARY KEY,
    org_id          uuid NOT NULL REFERENCES organisations,
    rule_id         bigint NOT NULL REFERENCES alert_rules,
    rule_version    integer NOT NULL,
    kind            text NOT NULL,
    server_id       integer NOT NULL,                     -- 0: about no single server
    subject         text NOT NULL,                        -- the server's name or id, or what else it is about
    tag             text NOT NULL,                        -- what it is grouped by; empty: no tag
    labels          jsonb NOT NULL,
    fingerprint     bytea NOT NULL,                       -- SHA-256 of rule, server and labels
    state           text NOT NULL CHECK (state IN ('pending', 'firing', 'resolved')),
    severity        smallint NOT NULL CHECK (severity BETWEEN 0 AND 3),
    summary         text NOT NULL,
    evidence        jsonb NOT NULL,
    pending_since   timestamptz NOT NULL,
    firing_since    timestamptz,
    last_true_at    timestamptz NOT NULL,
    resolved_at     timestamptz,
    pending_ran     bigint NOT NULL,
    last_true_ran   bigint NOT NULL,
    clear_ran       bigint,                               -- since when the condition is false
    no_data_ran     bigint,                               -- since when nobody can tell
    resolved_ran    bigint,
    evaluations     integer NOT NULL,                     -- the last twenty, newest in the lowest bit
    evaluated       integer NOT NULL,
    acknowledged_by text,
    acknowledged_at timestamptz,
    snoozed_until   timestamptz,
    silenced_by     uuid,
    inhibited_by    uuid,                                 -- an alert
    flapping        boolean NOT NULL,
    degraded        boolean NOT NULL,                     -- found while the platform itself was not well
    group_id        uuid,
    told            smallint NOT NULL                     -- what its group last told: 0 nothing, 1 firing, 2 acknowledged, 3 resolved
);
CREATE UNIQUE INDEX alerts_open ON alerts (org_id, fingerprint) WHERE state <> 'resolved';
CREATE INDEX alerts_recent ON alerts (org_id, resolved_at) WHERE state = 'resolved';
CREATE INDEX alerts_server ON alerts (server_id, pending_since) WHERE server_id <> 0;
ALTER TABLE alerts SET (fillfactor = 80);

-- What became of alerts, for history and for who follows: numbered by organisation from 1, without gaps.
CREATE TABLE alert_events (
    org_id   uuid NOT NULL REFERENCES organisations,
    seq      bigint NOT NULL CHECK (seq > 0),
    alert_id uuid,                                        -- null: rules or silences have changed
    at       timestamptz NOT NULL,
    event    text NOT NULL,
    by       text,                                        -- null: the platform itself
    note     text NOT NULL DEFAULT '',
    PRIMARY KEY (org_id, seq)
);
CREATE INDEX alert_events_alert ON alert_events (alert_id, seq);
CREATE INDEX alert_events_at ON alert_events (at);

-- The newest event of each organisation: whoever changes what belongs to its alerts moves it, and sees whether another did.
CREATE TABLE alert_heads (
    org_id uuid PRIMARY KEY REFERENCES organisations,
    seq    bigint NOT NULL
);

CREATE TABLE alert_groups (
    id         uuid PRIMARY KEY,
    org_id     uuid NOT NULL REFERENCES organisations,
    rule_id    bigint NOT NULL REFERENCES alert_rules,
    tag        text NOT NULL,
    version    integer NOT NULL,
    severity   smallint NOT NULL,                         -- the worst that it ever had
    opened_at  timestamptz NOT NULL,
    opened_ran bigint NOT NULL,
    sent_ran   bigint NOT NULL,
    closed     boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX alert_groups_open ON alert_groups (org_id, rule_id, tag) WHERE NOT closed;

-- Who is not told of what, and until when. Maintenance is planned: it also says that restarts are meant.
CREATE TABLE silences (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id      uuid NOT NULL REFERENCES organisations,
    maintenance boolean NOT NULL,
    matchers    jsonb NOT NULL,                           -- name to pattern; all have to match
    reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    starts_at   timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL,
    created_at  timestamptz NOT NULL,
    created_by  text NOT NULL,
    CHECK (starts_at < ends_at)
);
CREATE INDEX silences_org ON silences (org_id, ends_at);

-- How far judging is: one row, for all organisations.
CREATE TABLE alert_progress (
    only_row       boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    commits_cursor xid8 NOT NULL,
    ran            bigint NOT NULL,
    judged_at      timestamptz NOT NULL
);

DO $$
DECLARE
    scoped text;
BEGIN
    FOREACH scoped IN ARRAY ARRAY['alert_rules', 'alert_rule_versions', 'alerts', 'alert_events', 'alert_heads', 'alert_groups', 'silences'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scoped);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', scoped);
        EXECUTE format('CREATE POLICY own_organisation ON %I TO wolverine_reader
                        USING (org_id = nullif(current_setting(''app.org_id'', true), '''')::uuid)', scoped);
        EXECUTE format('CREATE POLICY every_organisation ON %I TO wolverine_writer USING (true) WITH CHECK (true)', scoped);
    END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE ON alert_rules, alert_heads, alert_groups, alert_progress TO wolverine_writer;
GRANT SELECT, INSERT ON alert_rule_versions TO wolverine_writer;
GRANT SELECT, INSERT, UPDATE, DELETE ON alerts, silences TO wolverine_writer;
GRANT SELECT, INSERT, DELETE ON alert_events TO wolverine_writer;
GRANT SELECT ON alert_rules, alert_rule_versions, alerts, alert_events, alert_groups, silences TO wolverine_reader;
