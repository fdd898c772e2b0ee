package dev.wolverine.web.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Asks a running platform of this machine what is stored, and says it in two lines. */
final class StorageLines {

    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

    private StorageLines() {}

    /** Empty if it does not answer. */
    static Optional<String> ask(String http) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(http + "/api/v1/storage"))
                        .timeout(PATIENCE)
                        .build();
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            HttpResponse<String> answer =
                    client.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200
                    ? Optional.of(text(new ObjectMapper().readTree(answer.body())))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    static String text(JsonNode storage) {
        String layout = storage.get("layout").asText();
        if (storage.get("columnstore").asBoolean()) {
            layout += " with columnstore";
        }
        long stored =
                storage.get("rawBytes").asLong()
                        + storage.get("usageBytes").asLong()
                        + storage.get("otherBytes").asLong();
        return String.format(
                Locale.ROOT,
                "  Storage    %s, %s (%s)%n  Disk       %s",
                layout,
                size(stored),
                storage.get("layoutReason").asText(),
                disk(storage));
    }

    private static String disk(JsonNode storage) {
        if (storage.get("bytesPerDay").isNull()) {
            return "too early to tell how fast it fills";
        }
        String rate =
                size(storage.get("bytesPerDay").asLong())
                        + " a day, "
                        + size(storage.get("bytesAtRetention").asLong())
                        + " after "
                        + storage.get("usageKeptDays").asLong()
                        + " days";
        if (storage.get("freeBytes").isNull()) {
            return rate;
        }
        String free = rate + "; " + size(storage.get("freeBytes").asLong()) + " free";
        return storage.get("fullInDays").isNull()
                ? free + ", it will fit"
                : free + ", FULL IN " + storage.get("fullInDays").asInt() + " DAYS";
    }

    /** In powers of ten, three digits. */
    static String size(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < UNITS.length - 1) {
            value /= 1_000;
            unit++;
        }
        int decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f %s", value, UNITS[unit]);
    }
}
