package dev.wolverine.web.api;

import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.Endpoint;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;

/**
 * Refuses self-registration, always in the same words: the client sends no credential with it, so
 * who knows an instance id would get its key.
 */
public final class RegisterHandler {

    private static final String REFUSAL =
            "registration is closed: set WOLVERINE_PLATFORM_KEY to a key of role ingest";

    public Endpoint endpoint() {
        return new Endpoint(
                        HttpMethod.POST, "/api/v1/register", Access.PUBLIC, RegisterHandler::refuse)
                .forMachines();
    }

    private static void refuse(RoutingContext context) {
        Answers.json(
                context,
                403,
                json -> {
                    json.writeStartObject();
                    json.writeStringField("error", REFUSAL);
                    json.writeEndObject();
                });
    }
}
