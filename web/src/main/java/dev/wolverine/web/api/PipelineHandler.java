package dev.wolverine.web.api;

import dev.wolverine.alerts.notify.PipelineAge;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Endpoint;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Shows how long ago each part between a heartbeat and a message was last seen at work. */
public final class PipelineHandler {

    private static final Duration READINGS_HOLD = Duration.ofSeconds(1);

    private final List<PipelineAge> ages;
    private final BlockingCalls blocking;
    private @Nullable CompletionStage<List<PipelineAge.Reading>> last;
    private long lastRead;

    public PipelineHandler(List<PipelineAge> ages, BlockingCalls blocking) {
        this.ages = List.copyOf(ages);
        this.blocking = blocking;
    }

    public List<Endpoint> endpoints() {
        return List.of(new Endpoint(HttpMethod.GET, "/health/pipeline", Access.PUBLIC, this::show));
    }

    private void show(RoutingContext context) {
        Answers.whenDone(
                context,
                readings(),
                readings -> {
                    boolean well = readings.stream().allMatch(PipelineAge.Reading::isWell);
                    Answers.json(
                            context,
                            well ? 200 : 503,
                            json -> {
                                json.writeStartObject();
                                json.writeStringField("status", well ? "up" : "down");
                                json.writeObjectFieldStart("ages");
                                for (PipelineAge.Reading reading : readings) {
                                    json.writeObjectFieldStart(reading.name());
                                    if (reading.age().isPresent()) {
                                        json.writeNumberField(
                                                "seconds", reading.age().get().toMillis() / 1000.0);
                                    } else {
                                        json.writeNullField("seconds");
                                    }
                                    json.writeNumberField(
                                            "limitSeconds", reading.limit().toSeconds());
                                    json.writeEndObject();
                                }
                                json.writeEndObject();
                                json.writeEndObject();
                            });
                });
    }

    /** Anybody may ask: one round answers all who ask within a second. */
    private synchronized CompletionStage<List<PipelineAge.Reading>> readings() {
        long now = System.nanoTime();
        if (last == null || now - lastRead > READINGS_HOLD.toNanos()) {
            last = blocking.call(() -> ages.stream().map(PipelineAge::read).toList());
            lastRead = now;
        }
        return last;
    }
}
