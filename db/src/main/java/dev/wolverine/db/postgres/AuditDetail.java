package dev.wolverine.db.postgres;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The detail of an audit record as JSON: an object of strings. */
final class AuditDetail {

    private static final JsonFactory JSON = new JsonFactory();

    private AuditDetail() {}

    static String json(Map<String, String> detail) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            for (Map.Entry<String, String> one : detail.entrySet()) {
                json.writeStringField(one.getKey(), one.getValue());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.toString();
    }

    /** What is no string, which we never write, reads as its kind: it then fits no hash. */
    static SortedMap<String, String> ofJson(String text) {
        SortedMap<String, String> detail = new TreeMap<>();
        try (JsonParser json = JSON.createParser(text)) {
            json.nextToken();
            String name;
            while ((name = json.nextFieldName()) != null) {
                boolean string = json.nextToken() == JsonToken.VALUE_STRING;
                detail.put(name, string ? json.getText() : "(" + json.currentToken() + ")");
                json.skipChildren();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("jsonb is JSON", e);
        }
        return detail;
    }
}
