package dev.wolverine.ingest.decode;

/** Steps of JSON pointers (RFC 6901). */
final class JsonPointers {

    private JsonPointers() {}

    static String escape(String step) {
        return step.replace("~", "~0").replace("/", "~1");
    }

    static String unescape(String step) {
        return step.replace("~1", "/").replace("~0", "~");
    }
}
