package dev.wolverine.bench.capture;

import java.util.Map;

/**
 * One request of a real client as it was recorded.
 *
 * @param source file and line, for messages
 * @param headers names in lower case
 * @param body the bytes as they were sent; not written to
 */
record CapturedRequest(
        String source, String method, String path, Map<String, String> headers, byte[] body) {

    boolean isHeartbeat() {
        return path.endsWith("/api/v1/heartbeat");
    }
}
