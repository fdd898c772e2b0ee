package dev.wolverine.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** openapi.yaml as a test reads it: every answer is held against it. */
final class Contract {

    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

    /** Schemas that others extend, and that can therefore not be sealed by themselves. */
    private static final Set<String> EXTENDED =
            Set.of(
                    "Key",
                    "Quarantined",
                    "EnrolmentToken",
                    "UsageAmounts",
                    "ComparedUsage",
                    "UptimeFigures");

    /** Described once for all operations. */
    private static final Set<Integer> ALWAYS_POSSIBLE = Set.of(405, 408, 414, 431);

    private final JsonObject document;
    private final Set<String> called = new TreeSet<>();

    Contract() {
        try (InputStream yaml =
                Objects.requireNonNull(Contract.class.getResourceAsStream("/openapi.yaml"))) {
            Object read = new ObjectMapper(new YAMLFactory()).readValue(yaml, Object.class);
            document = new JsonObject(new ObjectMapper().writeValueAsString(read));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        seal(document.getJsonObject("components").getJsonObject("schemas"));
    }

    /** `GET /health` and so on. */
    Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        for (Map.Entry<String, Object> path : document.getJsonObject("paths")) {
            for (String method : ((JsonObject) path.getValue()).fieldNames()) {
                if (METHODS.contains(method)) {
                    operations.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
                }
            }
        }
        return operations;
    }

    /** Those with this tag. */
    Set<String> operations(String tag) {
        return operations().stream()
                .filter(operation -> operation(operation).getJsonArray("tags").contains(tag))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** `x-permission` by operation. */
    SortedMap<String, String> permissions() {
        SortedMap<String, String> permissions = new TreeMap<>();
        for (String operation : operations()) {
            permissions.put(operation, operation(operation).getString("x-permission", "missing"));
        }
        return permissions;
    }

    /** What the file says of `GET /health` and so on. */
    JsonObject operation(String operation) {
        String[] parts = operation.split(" ", 2);
        return document.getJsonObject("paths")
                .getJsonObject(parts[1])
                .getJsonObject(parts[0].toLowerCase(java.util.Locale.ROOT));
    }

    /** The least body that an operation takes; empty where it takes none. */
    Optional<String> body(String operation) {
        return new SampleBody(document.getJsonObject("components").getJsonObject("schemas"))
                .of(operation(operation));
    }

    /** Whether a credential of this scheme is one for the operation. */
    boolean takes(String operation, String scheme) {
        return security(operation).stream().anyMatch(one -> ((JsonObject) one).containsKey(scheme));
    }

    /** Whether it can be called without any, as things are. */
    boolean isOpen(String operation) {
        return security(operation).stream().anyMatch(one -> ((JsonObject) one).isEmpty());
    }

    private JsonArray security(String operation) {
        return operation(operation).getJsonArray("security", document.getJsonArray("security"));
    }

    /** Those of which an answer was checked. */
    Set<String> called() {
        return called;
    }

    /** Fails unless status, content type, headers and body are as described. */
    void check(String method, HttpResponse<String> answer) {
        String path = answer.uri().getPath().replaceAll("/+", "/");
        Optional<String> template =
                document.getJsonObject("paths").fieldNames().stream()
                        .sorted((a, b) -> Boolean.compare(a.contains("{"), b.contains("{")))
                        .filter(candidate -> matches(candidate, path))
                        .findFirst();
        if (template.isEmpty()) {
            return;
        }
        JsonObject operation =
                document.getJsonObject("paths")
                        .getJsonObject(template.get())
                        .getJsonObject(method.toLowerCase(java.util.Locale.ROOT));
        if (operation == null) {
            assertThat(answer.statusCode()).as("method that is not described").isEqualTo(405);
            return;
        }
        called.add(method + " " + template.get());
        String what = method + " " + path + " " + answer.statusCode();
        JsonObject response =
                resolve(
                        operation
                                .getJsonObject("responses")
                                .getJsonObject(Integer.toString(answer.statusCode())));
        if (response == null && ALWAYS_POSSIBLE.contains(answer.statusCode())) {
            validate(
                    what,
                    new JsonObject().put("$ref", "#/components/schemas/Problem"),
                    answer.body());
            return;
        }
        assertThat(response).as(what + " is described").isNotNull();
        JsonObject content = response.getJsonObject("content");
        if (content == null) {
            assertThat(answer.body()).as(what).isEmpty();
            return;
        }
        String type = answer.headers().firstValue("content-type").orElse("").replaceAll(";.*", "");
        assertThat(content.fieldNames()).as(what).contains(type);
        for (String header : response.getJsonObject("headers", new JsonObject()).fieldNames()) {
            assertThat(answer.headers().firstValue(header)).as(what + " " + header).isPresent();
        }
        if (type.equals("application/json") || type.endsWith("+json")) {
            validate(what, content.getJsonObject(type).getJsonObject("schema"), answer.body());
        }
    }

    /** Fails unless the JSON is as the named schema says. */
    void validate(String schemaName, JsonObject value) {
        validate(
                schemaName,
                new JsonObject().put("$ref", "#/components/schemas/" + schemaName),
                value.encode());
    }

    private void validate(String what, JsonObject schema, String body) {
        JsonObject root =
                schema.copy()
                        .put("$schema", "https://json-schema.org/draft/2020-12/schema")
                        .put("components", document.getJsonObject("components").copy());
        OutputUnit result =
                Validator.create(
                                JsonSchema.of(root),
                                new JsonSchemaOptions()
                                        .setBaseUri("https://platform.invalid")
                                        .setDraft(Draft.DRAFT202012)
                                        .setOutputFormat(OutputFormat.Basic))
                        .validate(new JsonObject(body));
        assertThat(result.getValid()).as("%s: %s in %s", what, result.getErrors(), body).isTrue();
    }

    private JsonObject resolve(JsonObject response) {
        if (response == null || !response.containsKey("$ref")) {
            return response;
        }
        String name = response.getString("$ref").replace("#/components/responses/", "");
        return document.getJsonObject("components").getJsonObject("responses").getJsonObject(name);
    }

    private static boolean matches(String template, String path) {
        StringBuilder pattern = new StringBuilder();
        for (String segment : template.substring(1).split("/")) {
            pattern.append('/').append(segment.startsWith("{") ? "[^/]+" : Pattern.quote(segment));
        }
        return path.matches(pattern.toString());
    }

    /** A field that is not described is an error here, though readers must bear it. */
    private static void seal(Object schema) {
        if (schema instanceof JsonArray list) {
            list.forEach(Contract::seal);
        } else if (schema instanceof JsonObject object) {
            object.forEach(entry -> {
                if (!EXTENDED.contains(entry.getKey()) && !entry.getKey().equals("allOf")) {
                    seal(entry.getValue());
                }
            });
            if ("object".equals(object.getValue("type"))
                    && object.containsKey("properties")
                    && !object.containsKey("additionalProperties")) {
                object.put("additionalProperties", false);
            }
        }
    }
}
