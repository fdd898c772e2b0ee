-- How beats lie on the disk. 'native': range partitions of PostgreSQL, made and dropped by the platform. 'timescale': a
-- hypertable of TimescaleDB, compressed by column where its license allows that. The same statements work on both.
-- Only `heartbeats` differs: what else is partitioned is read by key and updated in place, which partitions serve best.
CREATE TABLE storage_layout (
    single      boolean PRIMARY KEY DEFAULT true CHECK (single),
    layout      text NOT NULL CHECK (layout IN ('native', 'timescale')),
    columnstore boolean NOT NULL,
    reason      text NOT NULL,                            -- why this one, for people
    chosen_at   timestamptz NOT NULL DEFAULT now()
);

DO $$
DECLARE
    wanted  text := '${layout}';                          -- auto, native or timescale
    version integer[];
    missing text;
    columns boolean := false;
BEGIN
    IF wanted = 'native' THEN
        missing := 'it was asked for';
    ELSIF EXISTS (SELECT FROM heartbeats) THEN
        missing := 'beats were stored before there was a choice';
    ELSIF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN
        IF NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb') THEN
            missing := 'the server has no TimescaleDB';
        ELSIF current_setting('timescaledb.disable_load', true) IS NULL THEN
            -- To create the extension then ends the connection.
            missing := 'TimescaleDB is installed, and not in shared_preload_libraries';
        ELSE
            BEGIN
                CREATE EXTENSION timescaledb;
            EXCEPTION WHEN OTHERS THEN
                missing := 'the extension could not be created: ' || SQLERRM;
            END;
        END IF;
    END IF;

    IF missing IS NULL THEN
        SELECT regexp_split_to_array(split_part(extversion, '-', 1), '\.')::integer[] INTO version
        FROM pg_extension WHERE extname = 'timescaledb';
        IF version < ARRAY[2, 18] THEN
            missing := format('TimescaleDB is %s (expected: 2.18 or newer)', array_to_string(version, '.'));
        END IF;
    END IF;

    IF missing IS NOT NULL THEN
        IF wanted = 'timescale' THEN
            RAISE EXCEPTION 'database.layout: timescale (expected: native, because %)', missing;
        END IF;
        INSERT INTO storage_layout (layout, columnstore, reason) VALUES ('native', false, missing);
        RETURN;
    END IF;

    ALTER TABLE heartbeats RENAME TO heartbeats_partitioned;
    CREATE TABLE heartbeats (LIKE heartbeats_partitioned INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
    DROP TABLE heartbeats_partitioned;
    ALTER TABLE heartbeats ADD PRIMARY KEY (server_id, ts);
    GRANT SELECT, INSERT, UPDATE ON heartbeats TO wolverine_writer;
    GRANT SELECT ON heartbeats TO wolverine_reader;
    PERFORM create_hypertable('heartbeats', 'ts', chunk_time_interval => interval '6 hours', create_default_indexes => false);

    BEGIN
        -- Ordered by server first: one server's beats lie together, and differ little from one to the next.
        ALTER TABLE heartbeats SET (timescaledb.compress, timescaledb.compress_segmentby = '', timescaledb.compress_orderby = 'server_id, ts');
        columns := true;
    EXCEPTION WHEN feature_not_supported THEN
        -- timescaledb.license is Apache's: a hypertable without the columnstore.
        columns := false;
    END;
    INSERT INTO storage_layout (layout, columnstore, reason)
    VALUES ('timescale', columns,
            format('the server has TimescaleDB %s', array_to_string(version, '.'))
            || CASE WHEN columns THEN '' ELSE ', whose license has no columnstore' END);
END
$$;

GRANT SELECT ON storage_layout TO wolverine_writer, wolverine_reader;
