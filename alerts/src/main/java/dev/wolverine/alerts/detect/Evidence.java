package dev.wolverine.alerts.detect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The figures behind a judgement: a JSON object in the making. */
final class Evidence {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final ObjectNode json = NODES.objectNode();

    Evidence with(String name, long value) {
        json.put(name, value);
        return this;
    }

    /** Rounded to hundredths. */
    Evidence with(String name, double value) {
        json.put(name, Math.round(value * 100) / 100.0);
        return this;
    }

    Evidence with(String name, String value) {
        json.put(name, value);
        return this;
    }

    Evidence with(String name, boolean value) {
        json.put(name, value);
        return this;
    }

    ArrayNode list(String name) {
        return json.putArray(name);
    }

    ObjectNode part(String name) {
        return json.putObject(name);
    }

    String toJson() {
        return json.toString();
    }
}
