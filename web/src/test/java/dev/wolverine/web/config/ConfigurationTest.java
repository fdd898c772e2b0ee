package dev.wolverine.web.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {

    private static final Example DEFAULTS =
            new Example(
                    "depot",
                    7,
                    false,
                    0.5,
                    Path.of("here"),
                    Colour.DARK_RED,
                    Set.of(Colour.BLUE),
                    Optional.empty(),
                    Optional.empty(),
                    new Batch(500, 64L << 20, Duration.ofMillis(5)));

    @TempDir private Path directory;
    private Path file;

    @BeforeEach
    void chooseFile() {
        file = directory.resolve("wolverine.properties");
    }

    @Test
    void takesTheDefaultsWhereNothingIsSet() {
        assertThat(read(Map.of())).isEqualTo(DEFAULTS);
    }

    @ParameterizedTest
    @CsvSource({"--batch.max-rows=9", "--batch-max-rows=9", "'--batch.max-rows 9'"})
    void takesAFlagInAnySpelling(String flag) {
        assertThat(read(Map.of(), flag.split(" ")).batch().maxRows()).isEqualTo(9);
    }

    @Test
    void prefersFlagToEnvironmentToFileToDefault() throws IOException {
        Files.writeString(file, "name=file\nports=1\nbatch.max-rows=1\n");

        Example values =
                read(
                        Map.of("WOLVERINE_NAME", "environment", "WOLVERINE_PORTS", "2"),
                        "--name=flag");

        assertThat(values.name()).isEqualTo("flag");
        assertThat(values.ports()).isEqualTo(2);
        assertThat(values.batch().maxRows()).isEqualTo(1);
        assertThat(values.ratio()).isEqualTo(0.5);
    }

    @Test
    void takesTheLastFlagOfAKeyInWhateverSpelling() {
        assertThat(
                        read(
                                        Map.of(),
                                        "--batch.max-rows=1",
                                        "--batch-max-rows=2",
                                        "--batch.max-rows=3")
                                .batch()
                                .maxRows())
                .isEqualTo(3);
    }

    @Test
    void readsTheFileThatAFlagNames() throws IOException {
        Path other = directory.resolve("other.properties");
        Files.writeString(file, "name=usual\n");
        Files.writeString(other, "name=other\n");

        assertThat(read(Map.of(), "--config", other.toString()).name()).isEqualTo("other");
    }

    @Test
    void readsEveryType() {
        Example values =
                read(
                        Map.of(),
                        "--name=a b",
                        "--ports=-3",
                        "--verbose=true",
                        "--ratio=1e-2",
                        "--place=/x/y",
                        "--colour=dark-red",
                        "--palette=blue, dark-red",
                        "--nickname=n",
                        "--token=s3cret",
                        "--batch.max-bytes=2GiB",
                        "--batch.max-wait=24h");

        assertThat(values)
                .isEqualTo(
                        new Example(
                                "a b",
                                -3,
                                true,
                                0.01,
                                Path.of("/x/y"),
                                Colour.DARK_RED,
                                Set.of(Colour.BLUE, Colour.DARK_RED),
                                Optional.of("n"),
                                Optional.of(new Secret("s3cret")),
                                new Batch(500, 2L << 30, Duration.ofHours(24))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--ports=x|ports: x from flag --ports (expected: a whole number)",
                "--ports=4294967296|ports: 4294967296 from flag --ports (expected: a whole number)",
                "--verbose=yes|verbose: yes from flag --verbose (expected: true or false)",
                "--ratio=NaN|ratio: NaN from flag --ratio (expected: a number)",
                "--place=|place:  from flag --place (expected: a path)",
                "--colour=green|colour: green from flag --colour (expected: one of blue, dark-red)",
                "--batch.max-wait=5|batch.max-wait: 5 from flag --batch.max-wait (expected: a duration"
                        + " as 5ms, 30s, 10m, 24h or 7d)",
                "--batch.max-bytes=5MB|batch.max-bytes: 5MB from flag --batch.max-bytes (expected: a"
                        + " size as 65536, 512KiB, 64MiB or 1GiB)",
                "--batch.max-rows=0|batch.max-rows: 0 from flag --batch.max-rows (expected: >= 1)",
                "--verbose|--verbose (expected: a value behind it)",
                "--batch.max-row=1|--batch.max-row: unknown flag (did you mean batch.max-rows?)",
                "--something=1|--something: unknown flag (the keys are listed in"
                        + " docs/operations.md)",
                "verbose|verbose (expected: a flag as --http.port=8080)",
            })
    void saysWhatIsWrongWithAFlag(String flag, String problem) {
        assertThatThrownBy(() -> read(Map.of(), flag))
                .isInstanceOf(ConfigException.class)
                .hasMessage(problem);
    }

    @Test
    void saysEverythingThatIsWrongAtOnce() throws IOException {
        Files.writeString(file, "port=1\n");

        ConfigException refused =
                catchThrowableOfType(
                        ConfigException.class,
                        () ->
                                read(
                                        Map.of("WOLVERINE_VERBOSE", "2"),
                                        "--batch.max-rows=0",
                                        "--batch.max-bytes=0",
                                        "--colour=green"));

        assertThat(refused.problems())
                .containsExactly(
                        "port in file %s: unknown key (did you mean ports?)".formatted(file),
                        "verbose: 2 from environment WOLVERINE_VERBOSE (expected: true or false)",
                        "colour: green from flag --colour (expected: one of blue, dark-red)",
                        "batch.max-rows: 0 from flag --batch.max-rows (expected: >= 1)",
                        "batch.max-bytes: 0 from flag --batch.max-bytes (expected: >= 1)");
    }

    @Test
    void leavesVariablesOfOthersAloneAndPointsOutSlips() {
        Configuration<Example> configuration =
                Configuration.read(
                        DEFAULTS,
                        sources(
                                Map.of(
                                        "WOLVERINE_PLATFORM_URL", "http://x",
                                        "WOLVERINE_INSTANCE_ID", "wlv_1",
                                        "WOLVERINE_MAX_MEMORY_MB", "512",
                                        "WOLVERINE_BATCH_MAXROWS", "7",
                                        "OTHER_NAME", "x")));

        assertThat(configuration.values()).isEqualTo(DEFAULTS);
        assertThat(configuration.warnings())
                .containsExactly(
                        "WOLVERINE_BATCH_MAXROWS is not used: did you mean"
                                + " WOLVERINE_BATCH_MAX_ROWS?");
    }

    @Test
    void showsNoSecret() {
        Example values = read(Map.of("WOLVERINE_TOKEN", "s3cret"));

        assertThat(values.toString()).contains("***").doesNotContain("s3cret");
        assertThat(values.token().orElseThrow().reveal()).isEqualTo("s3cret");
    }

    @Test
    void writesDefaultsAsOneWouldSetThem() {
        assertThat(ConfigKey.of(DEFAULTS))
                .extracting(key -> key.name() + "=" + key.shippedText())
                .containsExactly(
                        "name=depot",
                        "ports=7",
                        "verbose=false",
                        "ratio=0.5",
                        "place=here",
                        "colour=dark-red",
                        "palette=blue",
                        "nickname=",
                        "token=",
                        "batch.max-rows=500",
                        "batch.max-bytes=64MiB",
                        "batch.max-wait=5ms");
    }

    private Example read(Map<String, String> environment, String... flags) {
        return Configuration.read(DEFAULTS, sources(environment, flags)).values();
    }

    private ConfigSources sources(Map<String, String> environment, String... flags) {
        return new ConfigSources(List.of(flags), environment, settings -> file);
    }

    enum Colour {
        BLUE,
        DARK_RED
    }

    record Example(
            String name,
            int ports,
            boolean verbose,
            double ratio,
            Path place,
            Colour colour,
            Set<Colour> palette,
            Optional<String> nickname,
            Optional<Secret> token,
            Batch batch) {}

    record Batch(int maxRows, long maxBytes, Duration maxWait) {
        Batch {
            require(maxRows >= 1, "batch.max-rows", maxRows);
            require(maxBytes >= 1, "batch.max-bytes", maxBytes);
        }

        private static void require(boolean holds, String key, Object value) {
            if (!holds) {
                throw new IllegalArgumentException(key + ": " + value + " (expected: >= 1)");
            }
        }
    }
}
