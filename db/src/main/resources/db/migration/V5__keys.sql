-- Keys that follow one another, keys that instances were given by enrolling, and the ways to enrol.

-- replaces:    the key that this one was rotated from
-- enrolled_by: the enrolment token that an instance came with, or 'pairing'; null: a person made the key
-- rebound_at:  when the key was last bound to another instance
ALTER TABLE keys
    ADD COLUMN replaces    text REFERENCES keys ON DELETE SET NULL,
    ADD COLUMN enrolled_by text,
    ADD COLUMN rebound_at  timestamptz;

-- What every process asks for again and again: the keys that have ended or changed just now.
CREATE INDEX keys_revoked ON keys (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX keys_expiring ON keys (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX keys_rebound ON keys (rebound_at) WHERE rebound_at IS NOT NULL;
CREATE INDEX keys_instance ON keys (org_id, instance_id) WHERE instance_id IS NOT NULL;
CREATE INDEX keys_enrolled ON keys (enrolled_by, instance_id) WHERE enrolled_by IS NOT NULL;
CREATE INDEX keys_replaces ON keys (replaces) WHERE replaces IS NOT NULL;

-- What the key of an enrolment URL (kind 'e') allows.
CREATE TABLE enrolment_tokens (
    key_id        text PRIMARY KEY REFERENCES keys,
    org_id        uuid NOT NULL REFERENCES organisations,
    max_instances integer NOT NULL CHECK (max_instances BETWEEN 1 AND 100000)
);
CREATE INDEX enrolment_tokens_org ON enrolment_tokens (org_id);

-- While one is open, whoever registers without a credential waits for a person. At most one at a time: the request does
-- not say whose it wants to be.
CREATE TABLE pairing_windows (
    org_id    uuid PRIMARY KEY REFERENCES organisations,
    opened_at timestamptz NOT NULL,
    opened_by text NOT NULL,
    closes_at timestamptz NOT NULL
);

CREATE TABLE pending_enrolments (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id      uuid NOT NULL REFERENCES organisations,
    instance_id text NOT NULL CHECK (length(instance_id) BETWEEN 1 AND 128),
    address     inet NOT NULL,                            -- only this one gets the key
    name        text CHECK (length(name) <= 128),
    first_seen  timestamptz NOT NULL,
    last_seen   timestamptz NOT NULL,
    tries       bigint NOT NULL DEFAULT 1,
    decided_at  timestamptz,
    decided_by  text,
    approved    boolean,                                  -- null: nobody has decided
    CHECK ((approved IS NULL) = (decided_at IS NULL)),
    UNIQUE (instance_id, address, org_id)
);
CREATE INDEX pending_enrolments_org ON pending_enrolments (org_id, first_seen);
CREATE INDEX pending_enrolments_address ON pending_enrolments (org_id, address);

DO $$
DECLARE
    scoped text;
BEGIN
    FOREACH scoped IN ARRAY ARRAY['enrolment_tokens', 'pairing_windows', 'pending_enrolments'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scoped);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', scoped);
        EXECUTE format('CREATE POLICY own_organisation ON %I TO wolverine_reader
                        USING (org_id = nullif(current_setting(''app.org_id'', true), '''')::uuid)', scoped);
        EXECUTE format('CREATE POLICY every_organisation ON %I TO wolverine_writer USING (true) WITH CHECK (true)', scoped);
    END LOOP;
END
$$;

GRANT SELECT, INSERT ON enrolment_tokens TO wolverine_writer;
GRANT SELECT, INSERT, UPDATE ON pairing_windows TO wolverine_writer;
GRANT SELECT, INSERT, UPDATE, DELETE ON pending_enrolments TO wolverine_writer;
GRANT DELETE ON keys TO wolverine_writer;
