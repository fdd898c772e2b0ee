-- What happens, for those who watch: alerts, repairs and entries of the audit log, in one order for every process that shows it.

-- Repairs that are not among the events yet: written in the transaction that stores them, taken away by who publishes them.
CREATE TABLE unpublished_repairs (
    server_id integer NOT NULL,
    ts        timestamptz NOT NULL
);

-- The newest events, numbered by organisation from 1, without gaps. Minutes of them are kept: who was away longer begins anew.
CREATE TABLE live_events (
    id           bigint PRIMARY KEY,                      -- over all organisations; one process at a time publishes
    org_id       uuid NOT NULL REFERENCES organisations,
    seq          bigint NOT NULL CHECK (seq > 0),
    kind         text NOT NULL CHECK (kind IN ('alert', 'repair', 'audit')),
    instance_id  text,                                    -- null: about no single server
    at           timestamptz NOT NULL,                    -- when it happened
    content      jsonb NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (org_id, seq)
);

-- How far each organisation's events are: their newest number, and what was taken from the audit log and the alerts.
CREATE TABLE live_heads (
    org_id    uuid PRIMARY KEY REFERENCES organisations,
    seq       bigint NOT NULL DEFAULT 0,
    audit_seq bigint NOT NULL DEFAULT 0,
    alert_seq bigint NOT NULL DEFAULT 0
);

-- Numbers mean something together with the epoch: another one, and they begin anew.
CREATE TABLE live_progress (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch    uuid NOT NULL DEFAULT gen_random_uuid(),
    last_id  bigint NOT NULL DEFAULT 0
);

INSERT INTO live_progress DEFAULT VALUES;
-- What was done before is no news.
INSERT INTO live_heads (org_id, audit_seq) SELECT org_id, seq FROM audit_heads;

DO $$
DECLARE
    scoped text;
BEGIN
    FOREACH scoped IN ARRAY ARRAY['live_events', 'live_heads'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scoped);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', scoped);
        EXECUTE format('CREATE POLICY own_organisation ON %I TO wolverine_reader
                        USING (org_id = nullif(current_setting(''app.org_id'', true), '''')::uuid)', scoped);
        EXECUTE format('CREATE POLICY every_organisation ON %I TO wolverine_writer USING (true) WITH CHECK (true)', scoped);
    END LOOP;
END
$$;

GRANT SELECT, INSERT, DELETE ON unpublished_repairs, live_events TO wolverine_writer;
GRANT SELECT, INSERT, UPDATE ON live_heads, live_progress TO wolverine_writer;
