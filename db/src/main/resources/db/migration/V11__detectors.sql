-- What is remembered of each server to judge it by: written every quarter of an hour, together with the cursor of the alerts.
-- What was stored since is read again at the next start.
CREATE TABLE detector_states (
    server_id integer PRIMARY KEY REFERENCES servers,
    org_id    uuid NOT NULL,
    covers    xid8 NOT NULL,                              -- all commits before this one
    saved_at  timestamptz NOT NULL DEFAULT now(),
    state     bytea NOT NULL
) WITH (fillfactor = 50);

ALTER TABLE detector_states ENABLE ROW LEVEL SECURITY;
ALTER TABLE detector_states FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON detector_states TO wolverine_reader
    USING (org_id = nullif(current_setting('app.org_id', true), '')::uuid);
CREATE POLICY every_organisation ON detector_states TO wolverine_writer USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE ON detector_states TO wolverine_writer;
