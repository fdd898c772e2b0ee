package dev.wolverine.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {

    @ParameterizedTest
    @CsvSource({
        "postgresql://ann:s%40f%2Be+x@db.example:6543/fleet, jdbc:postgresql://db.example:6543/fleet",
        "postgres://ann:s%40f%2Be+x@db.example/fleet, jdbc:postgresql://db.example/fleet",
        "jdbc:postgresql://db.example/fleet?user=ann&sslmode=require&password=s%40f%2Be+x,"
                + " jdbc:postgresql://db.example/fleet?sslmode=require",
        "postgresql://ann:s%40f%2Be+x@[::1]:6543/fleet, jdbc:postgresql://[::1]:6543/fleet",
    })
    void takesCredentialsOutOfTheAddress(String text, String jdbc) {
        assertThat(DatabaseUrl.parse(text))
                .isEqualTo(new DatabaseUrl(jdbc, Optional.of("ann"), Optional.of("s@f+e+x")));
    }

    @Test
    void needsNoCredentials() {
        DatabaseUrl url = DatabaseUrl.parse("jdbc:postgresql://db.example/fleet");

        assertThat(url.user()).isEmpty();
        assertThat(url.password()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "db.example",
                "mysql://ann:secret@db.example/fleet",
                "postgresql://ann:secret@db.example",
                "postgresql://ann:secret@db.example/",
                "postgresql://ann:sec ret@db.example/fleet",
            })
    void refusesWhatIsNoneWithoutShowingThePassword(String text) {
        assertThatThrownBy(() -> DatabaseUrl.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected: postgresql://user:password@host:port/name");
    }

    @Test
    void comesBackWithCredentials() {
        DatabaseConfig database =
                DatabaseConfig.of("jdbc:postgresql://127.0.0.1:5432/fleet", "ann", "s@f+ e");

        String text = DatabaseUrl.withCredentials(database);

        assertThat(text).isEqualTo("postgresql://ann:s%40f%2B%20e@127.0.0.1:5432/fleet");
        assertThat(DatabaseUrl.parse(text).password()).contains("s@f+ e");
    }
}
