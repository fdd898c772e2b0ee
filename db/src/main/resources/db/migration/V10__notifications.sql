-- Where people are told, what is to be told, and what became of it.

CREATE TABLE channels (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id      uuid NOT NULL REFERENCES organisations,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    kind        text NOT NULL CHECK (kind IN ('slack', 'slack_webhook', 'webhook', 'email')),
    settings    jsonb NOT NULL,                           -- what may be shown
    secret      bytea,                                    -- what may not, sealed with the installation's key
    min_severity smallint NOT NULL DEFAULT 0,             -- 0 info to 3 critical
    enabled     boolean NOT NULL DEFAULT true,
    disabled_because text,                                -- by ourselves, as after a 410
    lease       uuid,                                     -- of the worker that delivers there: one at a time
    leased_until timestamptz,                             -- and then it is anybody's again
    paused_until timestamptz,                             -- the receiver asked for it
    recent      timestamptz[] NOT NULL DEFAULT '{}',      -- when the last messages went out, oldest first
    created_at  timestamptz NOT NULL DEFAULT now(),
    created_by  text NOT NULL,
    UNIQUE (org_id, name)
);

-- One row for each version of a group of alerts and each channel; written in the transaction that changes the alerts.
CREATE TABLE outbox (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id      uuid NOT NULL REFERENCES organisations,
    channel_id  uuid NOT NULL REFERENCES channels ON DELETE CASCADE,
    group_id    uuid NOT NULL,
    version     integer NOT NULL,
    event_id    uuid NOT NULL,                            -- the same on every try
    payload     jsonb NOT NULL,                           -- a Notification
    created_at  timestamptz NOT NULL DEFAULT now(),
    due_at      timestamptz NOT NULL DEFAULT now(),       -- next try
    attempts    integer NOT NULL DEFAULT 0,
    digest_id   uuid,                                     -- of the one message that tells of many rows; its members never change
    state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'superseded', 'dead')),
    finished_at timestamptz,
    last_error  text,
    UNIQUE (group_id, channel_id, version)
);
CREATE INDEX outbox_waiting ON outbox (channel_id, due_at) WHERE state = 'waiting';
CREATE INDEX outbox_digest ON outbox (digest_id) WHERE digest_id IS NOT NULL;
CREATE INDEX outbox_finished ON outbox (finished_at) WHERE finished_at IS NOT NULL;

-- What a channel calls the message about a group, where it can be edited later.
CREATE TABLE channel_messages (
    org_id      uuid NOT NULL REFERENCES organisations,
    channel_id  uuid NOT NULL REFERENCES channels ON DELETE CASCADE,
    group_id    uuid NOT NULL,
    reference   text NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (channel_id, group_id)
);

-- Every try, for the delivery log.
CREATE TABLE deliveries (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id      uuid NOT NULL REFERENCES organisations,
    channel_id  uuid NOT NULL REFERENCES channels ON DELETE CASCADE,
    outbox_id   bigint REFERENCES outbox ON DELETE CASCADE,  -- the first of its rows; null: a test
    covers      integer NOT NULL DEFAULT 1,               -- rows of the outbox
    at          timestamptz NOT NULL,
    took_ms     integer NOT NULL,
    outcome     text NOT NULL CHECK (outcome IN ('delivered', 'retry', 'failed')),
    status      integer,                                  -- of HTTP or SMTP
    detail      text                                      -- for a person; never a secret
);
CREATE INDEX deliveries_channel ON deliveries (channel_id, id);
CREATE INDEX deliveries_outbox ON deliveries (outbox_id);
CREATE INDEX deliveries_at ON deliveries (at);

DO $$
DECLARE
    scoped text;
BEGIN
    FOREACH scoped IN ARRAY ARRAY['channels', 'outbox', 'channel_messages', 'deliveries'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scoped);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', scoped);
        EXECUTE format('CREATE POLICY own_organisation ON %I TO wolverine_reader
                        USING (org_id = nullif(current_setting(''app.org_id'', true), '''')::uuid)', scoped);
        EXECUTE format('CREATE POLICY every_organisation ON %I TO wolverine_writer USING (true) WITH CHECK (true)', scoped);
    END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON channels, outbox, channel_messages, deliveries TO wolverine_writer;
GRANT SELECT (id, org_id, name, kind, settings, min_severity, enabled, disabled_because, created_at, created_by) ON channels TO wolverine_reader;
GRANT SELECT ON outbox, deliveries TO wolverine_reader;
