package dev.wolverine.bench.command;

/** What can be measured. */
enum Scenario {
    INGEST,
    HTTP,
    CONNECTIONS,
    REPLAY,
    MILLION,
    ANALYTICS
}
