package dev.wolverine.bench.fleet;

/** What the versions of the client send. */
enum ClientGeneration {
    LEAN("1.0.0"),
    FIRST("0.1.0"),
    BEFORE_PROVIDERS("1.6.0"),
    CURRENT("5.2.9");

    private final String version;

    ClientGeneration(String version) {
        this.version = version;
    }

    String version() {
        return version;
    }
}
