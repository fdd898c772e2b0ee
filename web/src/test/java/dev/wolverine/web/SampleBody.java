package dev.wolverine.web;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** The least body that an operation's schema lets through; of an open wish its first field. */
final class SampleBody {

    private final JsonObject schemas;

    SampleBody(JsonObject schemas) {
        this.schemas = schemas;
    }

    /** Empty where the operation takes none, or none in JSON. */
    Optional<String> of(JsonObject operation) {
        JsonObject body = operation.getJsonObject("requestBody");
        return body == null || !body.getJsonObject("content").containsKey("application/json")
                ? Optional.empty()
                : Optional.of(
                        String.valueOf(
                                value(
                                        body.getJsonObject("content")
                                                .getJsonObject("application/json")
                                                .getJsonObject("schema"))));
    }

    private Object value(JsonObject schema) {
        if (schema.containsKey("$ref")) {
            return value(
                    schemas.getJsonObject(
                            schema.getString("$ref").replace("#/components/schemas/", "")));
        }
        if (schema.containsKey("enum")) {
            return schema.getJsonArray("enum").getValue(0);
        }
        Object type = schema.getValue("type");
        String first =
                type instanceof JsonArray several ? several.getString(0) : String.valueOf(type);
        return switch (first) {
            case "object" -> object(schema);
            case "array" -> new JsonArray();
            case "integer", "number" -> schema.getInteger("minimum", 1);
            case "boolean" -> false;
            default -> "a@b.example.org".repeat(schema.getInteger("minLength", 1) / 15 + 1);
        };
    }

    private JsonObject object(JsonObject schema) {
        JsonObject properties = schema.getJsonObject("properties", new JsonObject());
        JsonArray required = schema.getJsonArray("required", new JsonArray());
        JsonObject sample = new JsonObject();
        properties.fieldNames().stream()
                .filter(name -> required.isEmpty() || required.contains(name))
                .limit(required.isEmpty() ? 1 : required.size())
                .forEach(name -> sample.put(name, value(properties.getJsonObject(name))));
        return sample;
    }
}
