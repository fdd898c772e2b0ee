/**
 * `wolverine.v1.TelemetryService` on grpc-netty-shaded: the protocol edge of {@link
 * dev.wolverine.ingest}.
 */
@NullMarked
package dev.wolverine.ingest.grpc;

import org.jspecify.annotations.NullMarked;
