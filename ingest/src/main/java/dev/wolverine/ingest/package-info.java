/**
 * Heartbeats in. Every transport ends in {@link dev.wolverine.ingest.HeartbeatIntake}, which
 * decodes, admits and hands over to the {@link dev.wolverine.ingest.HeartbeatLog}; an
 * acknowledgement leaves only after that says durable.
 */
@NullMarked
package dev.wolverine.ingest;

import org.jspecify.annotations.NullMarked;
