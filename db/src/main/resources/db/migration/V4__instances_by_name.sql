-- A beat whose instance id was redacted is matched by its name and port. Names change rarely: updates in place stay so.
CREATE INDEX server_states_name ON server_states (org_id, name);
