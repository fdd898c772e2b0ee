package dev.wolverine.ingest;

import dev.wolverine.db.StorageConfig;
import dev.wolverine.db.TestDatabase;
import org.junit.jupiter.api.AfterEach;

/** The log in front of a TimescaleDB. */
class TimescaleLogContractIT extends HeartbeatLogContract {

    private final Fixtures fixtures =
            new Fixtures(
                    IngestConfig.defaults(), TestDatabase.migrated(StorageConfig.Layout.TIMESCALE));

    @AfterEach
    void close() {
        fixtures.close();
    }

    @Override
    HeartbeatLog log() {
        return fixtures.writer;
    }

    @Override
    Fixtures fixtures() {
        return fixtures;
    }

    @Override
    void stop() {
        fixtures.writer.close();
    }
}
