package dev.wolverine.ingest.decode;

/**
 * Where a value stands, as a JSON pointer (RFC 6901): worked out only for a value that is kept by
 * its place.
 */
@FunctionalInterface
interface Pointer {

    String text();
}
