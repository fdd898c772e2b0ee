package dev.wolverine.web.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Where a running platform answers, as `status --json` prints it. Holds the passwords of the
 * servers: for their operator's eyes.
 *
 * @param http as `http://127.0.0.1:8080`
 * @param grpc as `127.0.0.1:9090`
 * @param database as `postgresql://user:password@127.0.0.1:5432/wolverine`
 * @param redis as `redis://:password@127.0.0.1:6379/0`
 */
@JsonPropertyOrder({"http", "grpc", "database", "redis", "pids"})
@JsonInclude(JsonInclude.Include.ALWAYS)
record PlatformState(String http, String grpc, String database, String redis, Pids pids) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Process ids.
     *
     * @param postgres null if it is external, or just being started again
     * @param redis null if it is external, or just being started again
     */
    @JsonPropertyOrder({"platform", "postgres", "redis"})
    record Pids(long platform, @Nullable Long postgres, @Nullable Long redis) {}

    static PlatformState ofJson(String json) {
        try {
            return JSON.readValue(json, PlatformState.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    String json() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "PlatformState[http=" + http + ", grpc=" + grpc + "]";
    }
}
