package dev.wolverine.web.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StorageLinesTest {

    private static final String STORAGE =
            """
            {"layout": "timescale", "columnstore": true, "layoutReason": "the server has it", "rawBytes": 4000000,
             "usageBytes": 300000, "otherBytes": 20000, "usageKeptDays": 367, "bytesPerDay": %s, "bytesAtRetention": %s,
             "freeBytes": %s, "fullInDays": %s}
            """;

    @ParameterizedTest
    @CsvSource({
        "0,0 B",
        "999,999 B",
        "1000,1.00 kB",
        "9996,10.0 kB",
        "999499,999 kB",
        "999500,1.00 MB",
        "298000000000,298 GB",
        "9223372036854775807,9223 PB"
    })
    void sizesHaveThreeDigits(long bytes, String expected) {
        assertThat(StorageLines.size(bytes)).isEqualTo(expected);
    }

    @Test
    void aDiskThatFillsIsSaidAloud() throws JsonProcessingException {
        assertThat(text("2000000000", "9000000000", "8000000000", "4"))
                .isEqualTo(
                        "  Storage    timescale with columnstore, 4.32 MB (the server has it)\n"
                                + "  Disk       2.00 GB a day, 9.00 GB after 367 days; 8.00 GB free, FULL IN 4 DAYS");
    }

    @Test
    void whatIsNotKnownIsNotSaid() throws JsonProcessingException {
        assertThat(text("2000", "9000", "null", "null")).endsWith("9.00 kB after 367 days");
        assertThat(text("2000", "9000", "8000", "null")).endsWith("8.00 kB free, it will fit");
        assertThat(text("null", "null", "8000", "null"))
                .endsWith("too early to tell how fast it fills");
    }

    private static String text(Object... values) throws JsonProcessingException {
        return StorageLines.text(new ObjectMapper().readTree(STORAGE.formatted(values)));
    }
}
