package dev.wolverine.ingest;

import org.junit.jupiter.api.AfterEach;

class GroupCommitWriterContractIT extends HeartbeatLogContract {

    private final Fixtures fixtures = new Fixtures();

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
