package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.query.StorageForecast;
import dev.wolverine.query.StorageReport;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.json.Fields;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Says what is stored, how, and when the disk will be full: of the whole installation. */
public final class StorageHandler {

    private final Supplier<Optional<StorageReport>> latest;
    private final StorageForecast forecast;

    /**
     * @param forecast whose times are told beside the report
     */
    public StorageHandler(Supplier<Optional<StorageReport>> latest, StorageForecast forecast) {
        this.latest = latest;
        this.forecast = forecast;
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(HttpMethod.GET, "/api/v1/storage", Access.READ_OR_LOCAL, this::get));
    }

    private void get(RoutingContext context) {
        Optional<StorageReport> report = latest.get();
        if (report.isEmpty()) {
            throw Problem.unavailable("what is stored was not measured yet");
        }
        Answers.json(context, 200, json -> write(json, report.get()));
    }

    private void write(JsonGenerator json, StorageReport report) throws IOException {
        json.writeStartObject();
        json.writeStringField("layout", word(report.layout().kind()));
        json.writeBooleanField("columnstore", report.layout().columnstore());
        json.writeStringField("layoutReason", report.layout().reason());
        Fields.time(json, "measuredAt", report.measuredAt());
        json.writeNumberField("rawBytes", report.rawBytes());
        json.writeNumberField("usageBytes", report.usageBytes());
        json.writeNumberField("otherBytes", report.otherBytes());
        json.writeNumberField("rawKeptDays", forecast.raw().toDays());
        json.writeNumberField("usageKeptDays", forecast.usage().toDays());
        number(json, "bytesPerDay", report.bytesPerDay());
        number(json, "bytesAtRetention", report.bytesAtRetention());
        number(json, "freeBytes", report.freeBytes());
        json.writeStringField("outlook", word(report.outlook()));
        OptionalInt days = report.fullInDays();
        if (days.isPresent()) {
            json.writeNumberField("fullInDays", days.getAsInt());
        } else {
            json.writeNullField("fullInDays");
        }
        json.writeEndObject();
    }

    private static void number(JsonGenerator json, String name, OptionalLong value)
            throws IOException {
        if (value.isPresent()) {
            json.writeNumberField(name, value.getAsLong());
        } else {
            json.writeNullField(name);
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
