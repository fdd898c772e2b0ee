-- What people say of servers, and how they like to look at them.

-- No row: no tag, not archived. Whoever writes here leaves word in `commits`, as of a beat: that is what readers follow.
CREATE TABLE server_marks (
    server_id   integer PRIMARY KEY REFERENCES servers,
    org_id      uuid NOT NULL REFERENCES organisations,
    tags        text[] NOT NULL DEFAULT '{}' CHECK (cardinality(tags) <= 20),
    archived_at timestamptz,                              -- a beat that comes later brings the server back
    archived_by text
);

CREATE TABLE saved_views (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id     uuid NOT NULL REFERENCES organisations,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    query      text NOT NULL CHECK (length(query) <= 2000),  -- parameters of the fleet's list, as in its address
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX saved_views_org ON saved_views (org_id, name);

DO $$
DECLARE
    scoped text;
BEGIN
    FOREACH scoped IN ARRAY ARRAY['server_marks', 'saved_views'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scoped);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', scoped);
        EXECUTE format('CREATE POLICY own_organisation ON %I TO wolverine_reader
                        USING (org_id = nullif(current_setting(''app.org_id'', true), '''')::uuid)', scoped);
        EXECUTE format('CREATE POLICY every_organisation ON %I TO wolverine_writer USING (true) WITH CHECK (true)', scoped);
    END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE ON server_marks TO wolverine_writer;
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_views TO wolverine_writer;
GRANT SELECT ON server_marks, saved_views TO wolverine_reader;
