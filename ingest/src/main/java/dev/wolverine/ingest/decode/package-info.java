/**
 * From the bytes of any client version, JSON or protobuf, to one model: the same beat gives the
 * same row.
 */
@NullMarked
package dev.wolverine.ingest.decode;

import org.jspecify.annotations.NullMarked;
