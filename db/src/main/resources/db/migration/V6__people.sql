-- People: who did what, links that work once, and one organisation a person.

-- What was done, by organisation: each row's hash covers the hash of the row before it. Nobody updates or deletes here.
CREATE TABLE audit_log (
    org_id        uuid NOT NULL REFERENCES organisations,
    seq           bigint NOT NULL CHECK (seq > 0),        -- from 1, without gaps
    at            timestamptz NOT NULL,
    subject       text NOT NULL,                          -- who: key:<id>, user:<e-mail>, command line
    action        text NOT NULL,                          -- as key.create
    target        text NOT NULL,                          -- to what; an id, never a secret
    detail        jsonb NOT NULL,                         -- strings by name; never a secret
    previous_hash bytea NOT NULL,                         -- of seq - 1; zeros for the first
    hash          bytea NOT NULL,                         -- SHA-256
    PRIMARY KEY (org_id, seq)
);

-- The end of each chain: locked while a row is added, and how a cut end shows.
CREATE TABLE audit_heads (
    org_id uuid PRIMARY KEY REFERENCES organisations,
    seq    bigint NOT NULL,
    hash   bytea NOT NULL
);

-- Invitations, and links to set a password. Only the hash of a link's token is here.
CREATE TABLE links (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hash bytea NOT NULL UNIQUE,                     -- SHA-256
    org_id     uuid NOT NULL REFERENCES organisations,
    user_id    uuid REFERENCES users,                     -- whose password it sets; null: an invitation
    email      text NOT NULL CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
    role       text NOT NULL CHECK (role IN ('owner', 'admin', 'operator', 'viewer', 'auditor')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX links_org ON links (org_id, created_at);

-- A person belongs to one organisation: whoever looks after people there can then harm nobody elsewhere.
CREATE UNIQUE INDEX memberships_user ON memberships (user_id);

ALTER TABLE users ALTER COLUMN password_hash DROP NOT NULL;  -- null: not set yet
ALTER TABLE users ADD COLUMN last_login_at timestamptz;

ALTER TABLE sessions ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid();  -- what a person sees of it
ALTER TABLE sessions ADD COLUMN address text NOT NULL DEFAULT '';             -- where it began
ALTER TABLE sessions ADD COLUMN agent text NOT NULL DEFAULT '';               -- with which program

DO $$
DECLARE
    scoped text;
BEGIN
    FOREACH scoped IN ARRAY ARRAY['audit_log', 'audit_heads', 'links'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scoped);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', scoped);
        EXECUTE format('CREATE POLICY own_organisation ON %I TO wolverine_reader
                        USING (org_id = nullif(current_setting(''app.org_id'', true), '''')::uuid)', scoped);
        EXECUTE format('CREATE POLICY every_organisation ON %I TO wolverine_writer USING (true) WITH CHECK (true)', scoped);
    END LOOP;
END
$$;

GRANT SELECT, INSERT ON audit_log TO wolverine_writer;
GRANT SELECT, INSERT, UPDATE ON audit_heads TO wolverine_writer;
GRANT SELECT, INSERT, DELETE, UPDATE (expires_at) ON links TO wolverine_writer;  -- UPDATE: to lock one
GRANT UPDATE (password_hash, disabled_at, last_login_at) ON users TO wolverine_writer;
GRANT UPDATE (role) ON memberships TO wolverine_writer;

GRANT SELECT ON audit_log TO wolverine_reader;
